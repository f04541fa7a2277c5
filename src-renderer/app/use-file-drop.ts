import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/**
 * Takes files dropped anywhere on the page; of several, the first. Without this a browser would leave the page to
 * show the file. Comes before what the frame of the page does with a drop (use-path-drop.ts). `isWanted`: whether there
 * is any use for a file at the moment.
 *
 * Returns whether a file is held over the page.
 */
export function useFileDrop(
  onFile: (file: File) => void,
  isWanted: () => boolean = () => true
): Readonly<Ref<boolean>> {
  const isOver = ref(false)

  function over(event: DragEvent): void {
    if (!isWanted()) return
    event.preventDefault()
    isOver.value = event.dataTransfer?.types.includes('Files') ?? false
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = isOver.value ? 'copy' : 'none'
  }
  function leave(event: DragEvent): void {
    // Also fired between elements of the page; only then is there an element that was entered.
    if (event.relatedTarget === null) isOver.value = false
  }
  function drop(event: DragEvent): void {
    isOver.value = false
    if (!isWanted()) return
    event.preventDefault()
    const file = event.dataTransfer?.files[0]
    if (file !== undefined) onFile(file)
  }

  const early = { capture: true }
  onMounted(() => {
    window.addEventListener('dragover', over, early)
    window.addEventListener('dragleave', leave, early)
    window.addEventListener('drop', drop, early)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('dragover', over, early)
    window.removeEventListener('dragleave', leave, early)
    window.removeEventListener('drop', drop, early)
  })
  return isOver
}
