import { placeOf } from './opened-paths'
import { choosePath } from './path-dialog'
import { shellText } from './shell-text'

export interface MenuChoice {
  /** Shows an address of the page. */
  readonly show: (place: string) => void
  readonly openWorkspace: (folder: string) => void
}

/** Lets the user choose what the menu names, and opens it: in the page, or a workspace as the app's own. */
export async function chooseFromMenu(
  kind: 'file' | 'folder' | 'recipe' | 'workspace',
  { show, openWorkspace }: MenuChoice
): Promise<void> {
  const text = shellText()
  const questions = {
    file: { title: text.openModel, accept: 'file' },
    folder: { title: text.openModelFolder, accept: 'folder' },
    recipe: { title: text.openRecipe, accept: 'file', extensions: ['.json'] },
    workspace: { title: text.openWorkspace, accept: 'folder' }
  } as const
  const { extensions, ...question } = { extensions: undefined, ...questions[kind] }
  const { path } = await choosePath(
    extensions === undefined ? question : { ...question, extensions: [...extensions] }
  )
  if (path === null) return
  if (kind === 'workspace') openWorkspace(path)
  else show(placeOf(path))
}
