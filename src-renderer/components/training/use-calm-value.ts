import { nextTick, onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'

/** Between two changes that are only more of the same. */
const leastPauseMilliseconds = 1000
/** Most of the time is left to whatever else the page does, such as a press on a button. */
const pausePerWork = 5

/**
 * A value that follows `source` at a pace at which the page can draw it: what is drawn slowly, as on a machine that a
 * training keeps busy, is drawn less often. A change of `subject` is followed at once.
 */
export function useCalmValue<Value>(
  source: () => Value,
  subject: (value: Value) => unknown
): Readonly<ShallowRef<Value>> {
  const calm: ShallowRef<Value> = shallowRef(source())
  let pause = leastPauseMilliseconds
  let waiting: ReturnType<typeof setTimeout> | undefined

  async function follow(): Promise<void> {
    waiting = undefined
    const begin = performance.now()
    calm.value = source()
    await nextTick()
    pause = Math.max(leastPauseMilliseconds, pausePerWork * (performance.now() - begin))
  }

  watch(source, (value) => {
    if (subject(value) !== subject(calm.value)) {
      clearTimeout(waiting)
      void follow()
    } else waiting ??= setTimeout(() => void follow(), pause)
  })
  onScopeDispose(() => {
    clearTimeout(waiting)
  })
  return calm
}
