import { compare } from './compare'
import { numbers } from './numbers'
import type { tradeOff as english } from '../en/trade-off'

export const tradeOff: typeof english = {
  title: '誤りとコスト',
  nothingMeasured: 'まだ何も測定されていません。スタディを再実行すると、止まったところから続きます。',
  chart: {
    range: numbers.range,
    costs: {
      size: { label: 'サイズ', title: 'モデルのサイズ (MB)', short: 'サイズ (MB)' },
      parameters: { label: 'パラメーター', title: 'パラメーター数 (百万)', short: 'パラメーター (百万)' },
      macs: { label: 'MAC', title: '音声 1 秒あたりの積和演算 (百万回)', short: 'MAC (百万)' },
      latency: {
        label: 'レイテンシー',
        title: '発話あたりレイテンシーの中央値 (ms)',
        short: 'レイテンシー (ms)'
      },
      speed: { label: 'RTFx', title: '実時間の何倍速いか (左ほど速い)', short: 'RTFx' },
      memory: { label: 'メモリー', title: 'プロセスの最大メモリー (MB)', short: 'メモリー (MB)' }
    },
    kept: '残した割合 (%)',
    wordErrorRate: '単語誤り率 (%)',
    classificationError: '分類誤り率 (%)',
    wordErrorRateShort: 'WER (%)',
    classificationErrorShort: '誤り率 (%)',
    description: (error, cost) => `${error} と ${cost} のグラフ。同じ数値が下の表にあります。`,
    parallelTitle: 'すべての指標',
    parallelDescription:
      '各試行を全指標を横切る 1 本の線で示します。軸の範囲で試行を絞り込めます。同じ数値が下の表にあります。',
    parallelHint: '軸に沿ってドラッグすると範囲を選択、軸をクリックすると解除します。',
    sampled: (drawn, all) => `${all} 本中 ${drawn} 本を描いています。絞り込みは全試行が対象です。`,
    axis: 'コスト',
    errorScale: '誤り軸',
    costScale: 'コスト軸',
    linear: '線形',
    logarithmic: '対数',
    bars: '信頼区間',
    unmeasured: (names) => `未測定のため表だけに表示: ${names}。`,
    belowScale: (names) => `誤りがないため対数軸に表示できません: ${names}。`,
    andMore: (count) => `ほか ${count} 件`,
    tooltip: {
      wordErrorRate: '単語誤り率',
      classificationError: '分類誤り率',
      interval: '95 % 区間',
      characterErrorRate: '文字誤り率',
      versusBaseline: '対ベースライン (ポイント)',
      kept: '残したパラメーター',
      parameters: 'パラメーター',
      size: 'サイズ',
      latency: 'レイテンシー p50',
      speed: '実時間比',
      batchedSpeed: '実時間比 (一括)'
    },
    remarks: {
      int8IsBetter: '単純な int8 の方が良い',
      broken: (count, flag) => {
        const flags: Readonly<Record<string, string>> = compare.flags
        return `${flags[flag] ?? flag} ${count} 件`
      },
      notReadable: (count) => `読み取り不可 ${count} 件`,
      stopped: (after, planned) => `${planned} 件中 ${after} 件で停止`
    },
    brushHint: 'グラフ上をドラッグすると試行を選択できます。'
  },
  key: {
    hollow: '白抜き: 単純な int8 の方が良い',
    stairs: 'そのコストまでで測定された最小の誤り',
    interval: '95 % 信頼区間',
    pinned: '輪: ピン留め'
  },
  selection: {
    count: (chosen, all) => `${all} 件中 ${chosen} 件`,
    all: (count) => `試行 ${count} 件`,
    clear: 'すべて表示',
    search: '試行を検索',
    nothing: '該当する試行がありません。範囲を広げるか検索を消してください。'
  },
  table: {
    label: '試行',
    columns: '列',
    onlyDifferent: '異なる項目だけ',
    pin: (name) => `${name} をピン留め`,
    unpin: (name) => `${name} のピンを外す`,
    pinColumn: 'ピン'
  },
  columns: {
    name: { title: '試行' },
    method: { title: '手法' },
    precision: { title: '形式', explanation: '重みの数値形式' },
    policy: { title: '配分', explanation: '各層のランクの決め方' },
    target: { title: '目標', explanation: '残すはずの割合' },
    unit: { title: '予算', explanation: '目標が数えるものとその範囲' },
    calibration: { title: '統計', explanation: '活性値の取得元' },
    refit: { title: '再適合', explanation: '上側因子とバイアスを再適合したか' },
    kept: { title: '残存', explanation: '圧縮した線形層に残したパラメーター' },
    wer: { title: 'WER', explanation: '単語誤り率' },
    'error-rate': { title: '誤り率', explanation: 'ラベルを当てられなかった録音の割合' },
    interval: { title: '95 % 区間', explanation: '誤り率の信頼区間。上端で並べ替えます' },
    cer: { title: 'CER', explanation: '文字誤り率' },
    accuracy: { title: '正解率', explanation: '最上位のラベルが正しい録音の割合' },
    'top-3': { title: '上位 3', explanation: '上位 3 件に正解がある録音の割合' },
    'top-5': { title: '上位 5', explanation: '上位 5 件に正解がある録音の割合' },
    'vs-baseline': {
      title: '対ベースライン',
      explanation: '同じ録音でのベースラインとの誤り率の差 (パーセントポイント)'
    },
    parameters: { title: 'パラメーター' },
    size: { title: 'サイズ' },
    macs: { title: 'MAC/秒', explanation: '音声 1 秒あたりの積和演算' },
    p50: { title: 'p50', explanation: '発話あたりレイテンシーの中央値' },
    p95: { title: 'p95', explanation: '95 % の発話が下回るレイテンシー' },
    speed: { title: 'RTFx', explanation: '実時間の何倍速いか' },
    'batched-speed': { title: 'RTFx (一括)', explanation: 'バッチ処理で実時間の何倍速いか' },
    speedup: {
      title: '高速化',
      explanation: 'ベースラインと交互に測定した速度の比と 95 % 区間'
    },
    memory: { title: '最大メモリー', explanation: 'このモデルの評価だけを行うプロセスの最大メモリー' },
    remark: {
      title: '備考',
      explanation: '誤り、サイズ、レイテンシーのすべてで int8 に劣るもの、テキストが壊れた発話の種類と件数'
    }
  },
  states: {
    pending: '待機中',
    running: '実行中',
    completed: '完了',
    failed: '失敗',
    poisoned: '異常終了のため除外',
    cancelled: 'キャンセル済み'
  },
  yes: 'はい',
  no: 'いいえ',
  budget: {
    title: '予算内の最良',
    size: 'サイズの上限',
    latency: 'レイテンシーの上限',
    error: '誤りの上限',
    fewestErrors: '誤り最少',
    smallest: '最小サイズ',
    none: '3 つすべてを満たすティアがありません。いずれかを緩めてください。',
    count: (count) => `${count} 件が該当`,
    reset: 'すべて許容'
  },
  gates: {
    title: '合格基準',
    none: 'レシピに合格基準の指定はありません。',
    verdicts: { passed: '合格', failed: '不合格', undecided: '未定' },
    metrics: {
      'error-rate': '誤り率',
      'error-rate-increase': '誤りの増加',
      speedup: '高速化',
      'real-time-factor': '実時間係数',
      'size-bytes': 'サイズ',
      'size-ratio': 'サイズ比',
      'peak-memory-bytes': '最大メモリー'
    },
    atMost: (bound) => `${bound} 以下`,
    atLeast: (bound) => `${bound} 以上`,
    notMeasured: '未測定'
  },
  pins: {
    title: 'ピン留めしたティア',
    none: '表または印のクリックでティアをピン留めすると、全グラフで輪が付き、比較・試聴・書き出しができます。',
    name: '名前',
    compare: '聴き比べる'
  }
}
