import type { jobs as english } from '../en/jobs'

export const jobs: typeof english = {
  title: 'ジョブ',
  loading: 'キューを読み込んでいます…',
  queue: 'キュー',
  ended: '終了したジョブ',
  states: {
    waiting: '待機中',
    running: '実行中',
    paused: '一時停止',
    completed: '完了',
    failed: '失敗',
    cancelled: 'キャンセル済み',
    interrupted: '中断'
  },
  stopping: {
    cancel: 'キャンセルしています…',
    pause: 'この試行の後で一時停止します',
    close: 'Lathe を終了しています…'
  },
  completedExcept: (failures) => `完了（失敗 ${failures} 件）`,
  failedTrials: (count) => `結果のない試行が ${count} 件あります`,
  moreFailures: (count) => `ほか ${count} 件（すべてはスタディの表にあります）`,
  tryAgain: '失敗した試行をもう一度実行',
  tryAgainHint: '結果のない試行だけを実行します。終わった試行は計算し直しません。',
  trials: (done, total) => `試行 ${done} / ${total}`,
  trialsBar: (name) => `${name} の試行`,
  stageBar: (stage) => `進捗: ${stage}`,
  beginning: '準備しています…',
  left: (wait) => `残り約 ${wait}`,
  stageLeft: (wait) => `この工程の残り ${wait}`,
  added: '追加',
  started: '開始',
  finished: '終了',
  took: (wait) => `所要時間 ${wait}`,

  pause: '一時停止',
  pauseHint: '実行中の試行が終わったら止まります。結果は失われません。',
  keepRunning: '続ける',
  resume: '再開',
  resumeHint: '止まったところから続けます。終わった試行は計算し直しません。',
  resumeForced: 'それでも開始する',
  resumeForcedHint: '見積もりではディスクかメモリーが足りなくても開始します。',
  cancel: 'キャンセル',
  cancelHint: 'すぐに止めます。終わった試行は残り、「再開」で続けられます。',
  remove: '削除',
  removed: (name) => `${name} を一覧から外しました。結果は残ります。`,
  moveUp: (name) => `${name} を上へ移動`,
  moveDown: (name) => `${name} を下へ移動`,
  drag: 'ドラッグ、または Alt+↑ / Alt+↓ で移動',
  openStudy: '結果を開く',
  openTraining: '曲線を開く',
  log: 'ログ',
  logOf: (name) => `${name} のログ`,
  emptyLog: 'Lathe を起動してから出力はありません。',
  actions: (name) => `${name} の操作`,

  engines: (count) => `エンジンプロセス ${count} 個`,
  memory: 'メモリー',
  load: 'プロセッサー',
  interruptedHint: '実行していたプロセスが終了しました。「再開」で続きから実行します。',

  emptyTitle: 'ジョブはまだありません',
  empty:
    '開始したスタディの進捗がここに表示され、このページを閉じても続きます。「スタディ」の画面で準備してください。',
  toStudy: 'スタディを準備'
}
