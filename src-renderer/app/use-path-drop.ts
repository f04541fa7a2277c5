import { onScopeDispose } from 'vue'
import type { Bridge } from '@contract/bridge'

/** Something dropped on a page that is not told where it lies. */
export interface PathlessDrop {
  /** Of a folder its name only; reading it fails. */
  readonly file: File
  readonly isFolder: boolean
}

export interface DropTarget {
  readonly onPath: (path: string) => void
  readonly onPathless: (dropped: PathlessDrop) => void
}

/**
 * Takes files and folders dropped anywhere on the page that no part of it has taken, of several the first. The shell
 * knows its path; a browser tells none, whatever was dropped.
 */
export function usePathDrop(bridge: Bridge | undefined, { onPath, onPathless }: DropTarget): void {
  function over(event: DragEvent): void {
    if (event.defaultPrevented) return
    event.preventDefault()
    const isWelcome = event.dataTransfer?.types.includes('Files') ?? false
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = isWelcome ? 'copy' : 'none'
  }
  function drop(event: DragEvent): void {
    if (event.defaultPrevented) return
    event.preventDefault()
    const file = event.dataTransfer?.files[0]
    if (file === undefined) return
    const path = bridge?.pathForFile(file) ?? ''
    if (path !== '') onPath(path)
    // The entry is asked for now: after the event it is gone.
    else
      onPathless({ file, isFolder: event.dataTransfer?.items[0]?.webkitGetAsEntry()?.isDirectory === true })
  }
  window.addEventListener('dragover', over)
  window.addEventListener('drop', drop)
  onScopeDispose(() => {
    window.removeEventListener('dragover', over)
    window.removeEventListener('drop', drop)
  })
}
