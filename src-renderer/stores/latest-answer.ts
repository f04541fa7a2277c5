import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { WorkbenchError } from '@contract/errors'
import { failureMessage } from '../format/failure-message'

/** What the host answered last to a question that is asked again and again. */
export interface LatestAnswer<Answer> {
  /** Stays while a newer answer is waited for. */
  readonly value: ShallowRef<Answer | undefined>
  readonly failure: Ref<string | undefined>
  readonly isBusy: Ref<boolean>
  /** Asks; whatever was asked before is taken back. */
  readonly ask: (question: (signal: AbortSignal) => Promise<Answer>) => Promise<void>
  /** Takes the question back and forgets the answer. */
  readonly reset: () => void
  /** Takes the question back and keeps the answer before it. */
  readonly stop: () => void
}

/** Nothing asked yet. */
export function latestAnswer<Answer>(): LatestAnswer<Answer> {
  const value = shallowRef<Answer>()
  const failure = ref<string>()
  const isBusy = ref(false)
  let current: AbortController | undefined

  function stop(): void {
    current?.abort()
    current = undefined
    isBusy.value = false
  }

  return {
    value,
    failure,
    isBusy,
    async ask(question) {
      stop()
      const own = new AbortController()
      current = own
      isBusy.value = true
      failure.value = undefined
      try {
        const answer = await question(own.signal)
        if (current === own) value.value = answer
      } catch (thrown) {
        const isTakenBack = thrown instanceof WorkbenchError && thrown.code === 'cancelled'
        if (current === own && !isTakenBack) failure.value = failureMessage(thrown)
      } finally {
        if (current === own) isBusy.value = false
      }
    },
    reset() {
      stop()
      value.value = undefined
      failure.value = undefined
    },
    stop
  }
}
