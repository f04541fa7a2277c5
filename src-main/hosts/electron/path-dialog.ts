/** The system's own dialog for choosing files and folders, which the page asks for with the call `files.choose`. */
import process from 'node:process'
import { BrowserWindow, dialog, type OpenDialogOptions } from 'electron'
import type { PathChoice, PathQuestion } from '@contract/path-choice'
import { shellText } from './shell-text'

/** Asks the user; `path` is null when the dialog was closed without choosing. */
export async function choosePath(question: PathQuestion): Promise<PathChoice> {
  const [window] = BrowserWindow.getAllWindows()
  const accept = await narrowed(question.accept, window)
  if (accept === undefined) return { path: null }
  const options = dialogOptions(question, accept)
  const { canceled, filePaths } =
    window === undefined ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options)
  return { path: canceled ? null : (filePaths[0] ?? null) }
}

type Accept = PathQuestion['accept']

/** Only macOS has a dialog for both; elsewhere the user says first which of the two it is. */
async function narrowed(accept: Accept, window: BrowserWindow | undefined): Promise<Accept | undefined> {
  if (accept !== 'either' || process.platform === 'darwin') return accept
  const text = shellText()
  const question = {
    message: text.fileOrFolder,
    buttons: [text.aFolder, text.aFile, text.cancel],
    cancelId: 2,
    noLink: true
  }
  const { response } =
    window === undefined
      ? await dialog.showMessageBox(question)
      : await dialog.showMessageBox(window, question)
  return (['folder', 'file'] as const)[response]
}

function dialogOptions({ title, extensions, start }: PathQuestion, accept: Accept): OpenDialogOptions {
  const properties = {
    file: ['openFile'],
    folder: ['openDirectory'],
    either: ['openFile', 'openDirectory']
  } as const
  return {
    title,
    // macOS shows no title.
    message: title,
    properties: [...properties[accept]],
    ...(start === undefined ? {} : { defaultPath: start }),
    ...(extensions === undefined || accept === 'folder'
      ? {}
      : {
          filters: [
            { name: extensions.join(', '), extensions: extensions.map((each) => each.replace(/^\./, '')) }
          ]
        })
  }
}
