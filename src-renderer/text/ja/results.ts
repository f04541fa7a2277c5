import type { results as english } from '../en/results'

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
  summary: {
    trials: (count, states) => `${count} 試行: ${states}`,
    differs: '試行によって異なります',
    model: 'モデル',
    calibration: '校正セット',
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
    speakers: '話者数',
    referenceWords: '正解の単語数',
    warmup: 'ウォームアップ',
    warmupRecordings: (count) => `${count} 発話`,
    normalizer: 'テキスト正規化',
    lathe: 'Lathe'
  }
}
