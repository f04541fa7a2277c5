import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/**
 * Takes files dropped anywhere on the page; of several, the first. Without this a browser would leave the page to
 * show the file.
 *
 * Returns whether a file is held over the page.
 */
export function useFileDrop(onFile: (file: File) => void): Readonly<Ref<boolean>> {
  const isOver = ref(false)

  function over(event: DragEvent): void {
    event.preventDefault()
    isOver.value = event.dataTransfer?.types.includes('Files') ?? false
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = isOver.value ? 'copy' : 'none'
  }
  function leave(event: DragEvent): void {
    // Also fired between elements of the page; only then is there an element that was entered.
    if (event.relatedTarget === null) isOver.value = false
  }
  function drop(event: DragEvent): void {
    event.preventDefault()
    isOver.value = false
    const file = event.dataTransfer?.files[0]
    if (file !== undefined) onFile(file)
  }

  onMounted(() => {
    window.addEventListener('dragover', over)
    window.addEventListener('dragleave', leave)
    window.addEventListener('drop', drop)
  })
  onBeforeUnmount(() => {
    window.removeEventListener('dragover', over)
    window.removeEventListener('dragleave', leave)
    window.removeEventListener('drop', drop)
  })
  return isOver
}
