/** Every word of the shell around the page: menus, dialogs, notifications. The page's own are in src-renderer/text. */
import { app } from 'electron'

const english = {
  file: 'File',
  openModel: 'Open Model or Speech…',
  openModelFolder: 'Open Folder…',
  openRecipe: 'Open Recipe…',
  openWorkspace: 'Open Workspace…',
  recentWorkspaces: 'Recent Workspaces',
  go: 'Go',
  views: ['Library', 'Inspect', 'Study', 'Training', 'Trade-off', 'Ablation', 'Compare', 'Jobs', 'Export'],
  help: 'Help',
  licences: 'Licences',
  recipes: 'Example Recipes',
  about: 'About Lathe',
  fileOrFolder: 'Is it a file or a folder?',
  aFolder: 'Folder',
  aFile: 'File',
  cancel: 'Cancel',
  jobRuns: 'A job is running.',
  jobWillStop:
    'Opening another workspace interrupts it. What is finished is kept, and Jobs can resume it later.',
  openAnyway: 'Interrupt and Open',
  cannotStart: 'Lathe cannot start',
  cannotOpenWorkspace: (folder: string) => `Lathe cannot open the workspace ${folder}`,
  opensOwnFolder: 'The workspace in your application data is opened instead.',
  pageGone: 'The page of Lathe ended unexpectedly.',
  pageGoneNext: (reason: string) => `Reason: ${reason}. Running jobs go on; load the page again to see them.`,
  loadAgain: 'Load Again',
  quit: 'Quit',
  engineGone: 'An engine of Lathe ended unexpectedly.',
  engineGoneNext: (reason: string) =>
    `Reason: ${reason}. Everything finished is kept. Jobs says what was running; resume it there.`,
  showJobs: 'Show Jobs',
  close: 'Close',
  jobCompleted: (name: string) => `“${name}” is finished`,
  jobStopped: (name: string) => `“${name}” has stopped`,
  jobTrialsFailed: (count: number) =>
    count === 1 ? 'One of its trials has no result.' : `${count} of its trials have no result.`,
  jobTook: (minutes: number) => (minutes === 1 ? 'It took 1 minute.' : `It took ${minutes} minutes.`)
}
export type ShellText = typeof english

const japanese: ShellText = {
  file: 'ファイル',
  openModel: 'モデルまたは音声を開く…',
  openModelFolder: 'フォルダーを開く…',
  openRecipe: 'レシピを開く…',
  openWorkspace: 'ワークスペースを開く…',
  recentWorkspaces: '最近使ったワークスペース',
  go: '移動',
  views: [
    'ライブラリ',
    '調べる',
    'スタディ',
    '学習',
    'トレードオフ',
    'アブレーション',
    '聴き比べ',
    'ジョブ',
    '書き出し'
  ],
  help: 'ヘルプ',
  licences: 'ライセンス',
  recipes: 'レシピの例',
  about: 'Lathe について',
  fileOrFolder: 'ファイルですか、フォルダーですか?',
  aFolder: 'フォルダー',
  aFile: 'ファイル',
  cancel: 'キャンセル',
  jobRuns: 'ジョブを実行中です。',
  jobWillStop: '別のワークスペースを開くと中断されます。完了した分は残り、あとでジョブから再開できます。',
  openAnyway: '中断して開く',
  cannotStart: 'Lathe を起動できません',
  cannotOpenWorkspace: (folder) => `ワークスペース ${folder} を開けません`,
  opensOwnFolder: '代わりにアプリケーションデータ内のワークスペースを開きます。',
  pageGone: 'Lathe の画面が予期せず終了しました。',
  pageGoneNext: (reason) => `理由: ${reason}。ジョブは続いています。画面を読み込み直すと表示されます。`,
  loadAgain: '読み込み直す',
  quit: '終了',
  engineGone: 'Lathe のエンジンが予期せず終了しました。',
  engineGoneNext: (reason) =>
    `理由: ${reason}。完了した分は残っています。ジョブで内容を確認し、再開してください。`,
  showJobs: 'ジョブを表示',
  close: '閉じる',
  jobCompleted: (name) => `「${name}」が完了しました`,
  jobStopped: (name) => `「${name}」が停止しました`,
  jobTrialsFailed: (count) => `結果のない試行が ${count} 件あります。`,
  jobTook: (minutes) => `所要時間は ${minutes} 分です。`
}

/** In the system's language. Only after the app is ready. */
export function shellText(): ShellText {
  return app.getLocale().startsWith('ja') ? japanese : english
}
