import type { results as english } from '../en/results'
import { numbers } from './numbers'

export const results: typeof english = {
  dismiss: 'このメッセージを閉じる',
  page: {
    title: 'スタディの結果を開く',
    introduction:
      'Lathe は ONNX 音声モデルを小さくし、小さくした各版の認識誤り、サイズ、速度を測ります。スタディは 1 つのモデルの多くの版を試し、それぞれを元のモデルおよび単純な int8 と比べます。',
    open: '結果を開く…',
    openOther: '別の結果を開く…',
    orDrop: 'または results.json をこのページにドロップ',
    drop: '結果ファイルをドロップして開く',
    ways: '結果ファイルを作る 2 つの方法',
    demo: 'Lathe のフォルダーでデモを実行します。demo-out/results.json ができます:',
    own: '自分のモデルをレシピで調べます。my-study/results.json ができます:'
  },
  problems: {
    tooLarge: (file, megabytes) =>
      `「${file}」は ${megabytes} MB あり、結果ファイルとしては大きすぎます。スタディの results.json を選んでください。`,
    unreadable: (file) => `「${file}」を読み込めませんでした。移動や使用中でないファイルを選んでください。`,
    'no-text': (file) =>
      `「${file}」はテキストファイルではありません。\`lathe study run --output\` または \`npm run demo\` が書き出す results.json を開いてください。`,
    'no-json': (file) =>
      `「${file}」は JSON ではありません。\`lathe study run --output\` または \`npm run demo\` が書き出す results.json を開いてください。`,
    recipe: (file) =>
      `「${file}」は結果ではなくレシピです。\`lathe study run ${file} --output my-study\` を実行し、my-study/results.json を開いてください。`,
    'other-json': (file) =>
      `「${file}」は JSON ですが、スタディの結果ではありません。\`lathe study run --output\` が書き出す、study と trials を持つ results.json を開いてください。`,
    'wrong-value': (file, place, message) =>
      `「${file}」はこの版では読めない結果ファイルです。「${place}」の値が正しくありません（${message}）。\`lathe study show --json\` で書き出し直してください。`
  },
  summary: {
    trials: (count, states) => `${count} 試行: ${states}`,
    differs: '試行によって異なります',
    model: 'モデル',
    calibration: '較正セット',
    development: '開発セット',
    evaluation: '評価セット'
  },
  conditions: {
    processor: 'プロセッサー',
    threads: 'スレッド数',
    runtime: 'ランタイム',
    system: 'システム',
    evaluatedOn: '評価データ',
    recordings: (count, duration) => `${count} 発話、${duration}`,
    durations: numbers.durations,
    speakers: '話者数',
    referenceWords: '正解の単語数',
    warmup: 'ウォームアップ',
    warmupRecordings: (count) => `${count} 発話`,
    normalizer: 'テキスト正規化',
    lathe: 'Lathe'
  }
}
