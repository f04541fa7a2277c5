import type { studies as english } from '../en/studies'

export const studies: typeof english = {
  choose: 'スタディを選ぶ',
  list: 'スタディ',
  loading: 'スタディを読み込んでいます…',
  filter: '名前で絞り込む',
  noMatch: (filter) => `名前に「${filter}」を含むスタディはありません。`,
  states: {
    running: '実行中',
    waiting: '待機中',
    complete: '完了',
    partial: '未完了',
    empty: '未測定'
  },
  failed: (failed, all) => `${all} 件中 ${failed} 件失敗`,
  trials: (completed, all) => `試行 ${completed} / ${all}`,
  emptyTitle: 'スタディはまだありません',
  emptyExplanation:
    'スタディは 1 つのモデルをさまざまな方法で圧縮し、同じ録音で測定して結果を並べます。モデルとデータセットを選び、試す内容を決めて開始してください。',
  newStudy: 'スタディを作る',
  toLibrary: '先にモデルを探す',
  retry: '再試行',
  other: '別のスタディ',
  opening: 'スタディを開いています…',
  conditions: 'この数値の測定条件',
  noResults: 'このスタディはまだ何も測定されていません。試行が終わるたびに結果がここに現れます。',
  toJobs: 'ジョブを表示'
}
