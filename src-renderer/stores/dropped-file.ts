import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { PathlessDrop } from '../app/use-path-drop'
import { useNavigationStore } from './navigation'
import { useWorkbenchStore } from './workbench'

/** What cannot be opened from a drop, as the next step depends on it. */
export interface RefusedDrop {
  readonly kind: 'file' | 'folder' | 'recording'
  readonly name: string
}

const soundName = /\.(?:wav|flac|mp3|ogg|oga|opus)$/i
/** A recipe is written by hand; what is larger is something else. */
const mostRecipeBytes = 500_000

/**
 * What is dropped on a page that a browser does not tell where it lies. A recipe is taken by its text; of models and data
 * sets, which lie beside other files and are not copied, the path is needed, and the page says so.
 */
export const useDroppedFileStore = defineStore('dropped file', () => {
  const navigation = useNavigationStore()
  const workbench = useWorkbenchStore()
  const refused = shallowRef<RefusedDrop>()
  /** Set until the library has opened its chooser. */
  const isChooserWanted = ref(false)

  async function take({ file, isFolder }: PathlessDrop): Promise<void> {
    refused.value = undefined
    const { name } = file
    if (!isFolder && /\.json$/i.test(name) && file.size <= mostRecipeBytes && (await takeRecipe(file))) return
    const kind = isFolder ? 'folder' : soundName.test(name) ? 'recording' : 'file'
    refused.value = { kind, name }
  }

  /** Whether the file was a recipe, right or wrong. Its relative paths begin in the first folder that may be opened. */
  async function takeRecipe(file: File): Promise<boolean> {
    const folder = workbench.app?.roots[0]
    if (folder === undefined) return false
    // Only here: the schema of recipes is no part of the page's first load.
    const { foreignContent } = await import('../recipes/foreign-content')
    const text = await file.text()
    const foreign = foreignContent(text, 'study')
    if (foreign === undefined) {
      const { useStudyDraftStore } = await import('./study-draft')
      useStudyDraftStore().open({ text, folder })
      navigation.go('study')
      return true
    }
    if (foreign.kind !== 'training-recipe') return false
    const { useTrainingDraftStore } = await import('./training-draft')
    useTrainingDraftStore().open({ text, folder })
    navigation.go('training', { edit: 'recipe' })
    return true
  }

  /** Goes on to where the refused file can be opened. */
  function goOn(): void {
    const isRecording = refused.value?.kind === 'recording'
    refused.value = undefined
    if (!isRecording) isChooserWanted.value = true
    navigation.go(isRecording ? 'compare' : 'library', isRecording ? navigation.carried : {})
  }

  // What concerned another view is no longer of interest.
  watch(
    () => navigation.view,
    () => {
      refused.value = undefined
    },
    // At once: a drop that follows is not of the view before.
    { flush: 'sync' }
  )

  return {
    refused,
    isChooserWanted,
    take,
    goOn,
    dismiss: () => {
      refused.value = undefined
    }
  }
})
