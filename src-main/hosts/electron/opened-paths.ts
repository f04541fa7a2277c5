/** What the user opened from outside the window: a double click, a drop on the icon, an argument of the command. */
import { extname, resolve } from 'node:path'

/**
 * The paths among the arguments with which the app was started.
 *
 * - `argv`       as the process has it: the program first, and in development the app's folder after it.
 * - `folder`     that relative paths start from.
 * - `isPackaged` whether the program is the app itself.
 */
export function pathsIn(argv: readonly string[], folder: string, isPackaged: boolean): readonly string[] {
  return (
    argv
      .slice(isPackaged ? 1 : 2)
      // Chromium puts switches of its own between.
      .filter((argument) => argument !== '' && !argument.startsWith('-'))
      .map((argument) => resolve(folder, argument))
  )
}

/** The page's address for an opened path: recipes belong to the study editor, models and speech to the library. */
export function placeOf(path: string): string {
  const view = extname(path).toLowerCase() === '.json' ? 'study' : 'library'
  return `#/${view}?${new URLSearchParams({ open: path }).toString()}`
}
