import type { files as english } from '../en/files'

export const files: typeof english = {
  places: '場所',
  location: '現在の場所',
  filter: '名前で絞り込む',
  entries: 'ファイルとフォルダー',
  hidden: '隠しファイルを表示',
  up: '上のフォルダーへ',
  loading: 'フォルダーを読み込んでいます…',
  emptyFolder: 'このフォルダーは空です。',
  noMatch: (filter) => `名前に「${filter}」を含むものはありません。`,
  otherKinds: (count, extensions) => `${extensions} 以外のファイル ${count} 件は表示していません。`,
  cut: (count) =>
    `先頭の ${count} 件だけを表示しています。上のフォルダーを選ぶか、より深い --root を指定して Lathe を開いてください。`,
  keys: '↑ ↓ 移動 · Enter 開く · Backspace 上へ · Ctrl+Enter 選択 · 文字入力で絞り込み',
  chosen: '選択されるもの',
  nothingChosen: 'まだ選択されていません',
  choose: '選択',
  chooseFolder: 'このフォルダーを選択',
  cancel: 'キャンセル',
  retry: '再試行',
  undo: '元に戻す',
  dismiss: '閉じる',
  copy: 'パスをコピー',
  copied: 'コピーしました',
  close: '閉じる'
}
