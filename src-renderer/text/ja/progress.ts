import type { progress as english } from '../en/progress'

export const progress: typeof english = {
  stages: {
    train: '学習',
    'hear development set': '開発セットを聴き取り',
    'calibrate on {0}': '{0} で較正',
    'calibrate stage {0} of {1} on {2}': '{2} で較正（ステージ {0} / {1}）',
    'factorise with {0}': '{0} で分解',
    decompose: '分解',
    cut: 'ランクを切り詰め',
    'cut and refit': 'ランクを切り詰めて再適合',
    'evaluate on {0}': '{0} で評価',
    'measure throughput': 'スループットを測定',
    'compare latency turn by turn': 'レイテンシーを交互に比較',
    'wait for the trial of another Lathe process in this workspace':
      'このワークスペースの別の Lathe プロセスの試行を待機',
    'run the original on {0}': '{0} で元のモデルを実行',
    'time the original': '元のモデルの時間を測定',
    'time this machine': 'このコンピューターの速さを測定',
    'time models': 'モデルの時間を測定',
    'training steps': '学習ステップ',
    'measure sensitivity': '感度を測定',
    'read {0}': '{0} を読み込み',
    listen: '聴き取り',
    'speak {0}': '{0} を音声合成',
    'export models': 'モデルを書き出し'
  },
  units: {
    utterances: '発話',
    batches: 'バッチ',
    steps: 'ステップ',
    weights: '重み',
    runs: '回',
    rounds: '回',
    models: 'モデル',
    shapes: '形状',
    trials: '試行'
  },
  tries: {
    'second try': '2 回目',
    'its model again': 'モデルの作り直し'
  }
}
