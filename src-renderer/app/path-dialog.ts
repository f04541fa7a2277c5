import { inject, type InjectionKey } from 'vue'

/** What a chooser of files is asked for. */
export interface PathRequest {
  readonly title: string
  readonly accept: 'file' | 'folder' | 'either'
  /** Endings of the files that may be chosen, with their dot, such as `.onnx`; all files when left out. */
  readonly extensions?: readonly string[] | undefined
  /** Folder in which choosing begins. */
  readonly start?: string | undefined
}

/** Lets the user choose with the system's own dialog; undefined when the user closed it without choosing. */
export type ShowPathDialog = (request: PathRequest) => Promise<string | undefined>

/**
 * The system's own dialog, where the shell around the page has one: its entry provides it, and every chooser of the
 * workbench then uses it in place of the page's own list of files.
 */
export const pathDialogKey: InjectionKey<ShowPathDialog> = Symbol('path dialog')

/** Undefined where there is none, as in a browser. */
export function usePathDialog(): ShowPathDialog | undefined {
  return inject(pathDialogKey, undefined)
}
