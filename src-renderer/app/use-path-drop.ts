import { onScopeDispose } from 'vue'
import type { Bridge } from '@contract/bridge'

/**
 * Takes files and folders dropped anywhere on the page that no part of it has taken, and calls `onPath` with the path of
 * the first. A browser tells no path: there the drop only does not make it leave the page.
 */
export function usePathDrop(bridge: Bridge | undefined, onPath: (path: string) => void): void {
  function over(event: DragEvent): void {
    if (event.defaultPrevented) return
    event.preventDefault()
    const isWelcome = bridge !== undefined && (event.dataTransfer?.types.includes('Files') ?? false)
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = isWelcome ? 'copy' : 'none'
  }
  function drop(event: DragEvent): void {
    if (event.defaultPrevented) return
    event.preventDefault()
    const file = event.dataTransfer?.files[0]
    const path = file === undefined ? undefined : bridge?.pathForFile(file)
    if (path !== undefined && path !== '') onPath(path)
  }
  window.addEventListener('dragover', over)
  window.addEventListener('drop', drop)
  onScopeDispose(() => {
    window.removeEventListener('dragover', over)
    window.removeEventListener('drop', drop)
  })
}
