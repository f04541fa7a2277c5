import type { compare as english } from '../en/compare'

export const compare: typeof english = {
  title: '比較して聴く',
  panes: {
    label: '表示',
    utterances: '発話',
    differences: '差',
    own: '自分の録音'
  },

  tiers: '並べるティア',
  addTier: 'ティアを追加…',
  pinned: 'ピン留め',
  allTiers: '完了したすべてのティア',
  removeTier: (name) => `${name} を比較から外す`,
  tooFew:
    '比較には完了したティアが二つ必要です。まだ足りません。スタディを実行するか、ジョブで再開してください。',
  toJobs: 'ジョブへ',
  noRate: '未測定',

  order: '並び順',
  orders: { worst: '誤りの多い順', changed: '変化の大きい順', recorded: '記録順' },
  filter: '絞り込み',
  filters: { all: 'すべて', wrong: '誤りあり', changed: 'ティア間で不一致', flagged: '異常あり' },
  search: '単語・話者・名前を検索',
  count: (matching, total) => (matching === total ? `${total} 発話` : `${total} 発話中 ${matching}`),
  list: '発話',
  noMatch: '一致する発話がありません。すべて表示するか、別の語で検索してください。',
  showAll: 'すべて表示',
  loading: '読み込んでいます…',
  errorsOf: (letter, errors) => `${letter} ${errors}`,
  errorsSpoken: (letter, errors) => `${letter}: 誤り ${errors}`,
  unheard: (letter) => `${letter} –`,
  choose: '発話を選ぶと、単語ごとの比較と音声が表示されます。',

  speaker: (name) => `話者 ${name}`,
  seconds: (seconds) => `${seconds} 秒`,
  referenceLetter: '正解',
  tier: 'ティア',
  errors: '誤り',
  errorsOfTotal: (errors, total) => `${total} 中 ${errors}`,
  time: '時間',
  size: 'サイズ',
  remarks: '備考',
  notHeard: 'この録音を聴いていません',
  labelPlace: (place) => (place === null ? '正解ラベルは上位十位の外' : `正解ラベルは ${place} 位`),
  flags: { empty: '空', truncated: '途中で終わる', runaway: '長すぎる', repeated: '繰り返し' },
  legend: '誤りの印',
  marks: { substitution: '別の語', deletion: '脱落', insertion: '挿入' },
  spoken: {
    substitution: (heard, said) => `${said} の代わりに ${heard}`,
    deletion: (said) => `脱落: ${said}`,
    insertion: (heard) => `挿入: ${heard}`
  },
  lines: '単語ごとに並べた書き起こし',
  normalized: '単語はテキスト正規化後の、比較されたままの形です。',

  sound: '録音',
  loadingSound: '音声を読み込んでいます…',
  play: '再生',
  pause: '一時停止',
  position: '再生位置',
  positionText: (at, length) => `${length} 秒中 ${at} 秒`,
  speed: '速度',
  keys: 'スペースで再生、← → で 1 秒移動、↑ ↓ で別の発話を選びます。',
  keysOwn: 'スペースで再生、← → で 1 秒移動します。',
  pointTo: 'データセットの場所を指定…',
  pointToTitle: 'このスタディの評価セットはどこにありますか?',
  tryAgain: '再試行',

  differencesTitle: '誤りが少ないのはどれか',
  differencesExplained:
    '各欄は、両方が聴いた発話について、行のティアの誤り率から列のティアの誤り率を引いた値 (パーセントポイント) と、対応のあるブートストラップによる 95 % 区間です。0 を含まない区間は、発話の選び方だけでは説明できない差です。',
  manyPairs: (pairs) =>
    `区間は組ごとのものです。実際には差のない ${pairs} 組でも、約 ${(pairs * 0.05).toFixed(1)} 組は有意に見えます。`,
  comparing: 'ティアを比較しています…',
  row: 'ティア',
  verdicts: { fewer: '誤りが少ない', more: '誤りが多い', undecided: '判定できない' },
  inWords: '言葉で',
  sentence: {
    fewer: (tier, versus, points, lower, upper) =>
      `${tier} は ${versus} より誤りが ${points} ポイント少なく、95 % 区間は ${lower} ～ ${upper}: 有意。`,
    more: (tier, versus, points, lower, upper) =>
      `${tier} は ${versus} より誤りが ${points} ポイント多く、95 % 区間は ${lower} ～ ${upper}: 有意。`,
    undecided: (tier, versus, points, lower, upper) =>
      `${tier} と ${versus} の差は ${points} ポイント、95 % 区間は ${lower} ～ ${upper}: 有意でない。`
  },
  nothingCommon: '共通の発話なし',

  ownTitle: '自分の録音を各ティアに聴かせる',
  ownExplained:
    '録音するか、音声ファイル (WAV、FLAC、MP3、Ogg Opus、Vorbis) を開くか、ここにドロップしてください。音声はこのコンピューターの外に出ず、ティアが聴き終わるとすぐに削除されます。',
  record: '録音',
  stopRecording: '停止して書き起こす',
  discardRecording: '破棄',
  recording: (seconds) => `録音中、${seconds} 秒`,
  level: '音量',
  openFile: '音声ファイルを開く…',
  dropHere: 'ドロップすると各ティアが聴きます',
  again: 'もう一度ティアに聴かせる',
  stop: '中止',
  sending: (share) => `音声を送信中、${share}`,
  listening: '聴いています…',
  waiting: '待機中',
  stopped: '中止しました',
  against: (letter) => `違いは ${letter} に対して示されています。`,
  resampled: (from, to) => `${from} Hz から、モデルが聴く ${to} Hz に変換しました。`,
  timeExplained: '時間は二回目の実行のもので、以後の録音でも同じです。モデルの読み込みは別です。',
  load: '読み込み',
  probability: (label, percent) => `${label} ${percent}`,
  nothingHeard: '何も聞き取れません',
  myRecording: 'my-recording.wav',
  tooLarge: (limit) => `ファイルが ${limit} を超えています。短く切るか、短いファイルを開いてください。`,
  emptyFile: 'ファイルが空です。別のファイルを開いてください。',
  cannotPlay: 'このブラウザーでは再生できませんが、ティアは聴けるかもしれません。',
  noMicrophone: 'ブラウザーが使えるマイクがありません。接続するか、音声ファイルを開いてください。',
  microphoneDenied:
    'ブラウザーがマイクの使用を許可していません。このページに許可してから、もう一度録音してください。',
  microphoneFailed: (reason) => `マイクが始動しませんでした (${reason})。音声ファイルを開いてください。`
}
