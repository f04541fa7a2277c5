import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import type { Api } from '../api/client'
import { engineLoad, type EngineLoad, type UsageSample } from '../format/engine-load'

const intervalMilliseconds = 2000

/** What the engines take of the machine, asked for again and again while something runs and the page is looked at. */
export function useEngineLoad(
  host: Pick<Api, 'call'>,
  isRunning: Readonly<Ref<boolean>>
): Readonly<Ref<EngineLoad | undefined>> {
  const load = shallowRef<EngineLoad>()
  let before: UsageSample | undefined
  let timer: ReturnType<typeof setInterval> | undefined

  async function ask(): Promise<void> {
    if (document.hidden) return
    try {
      const engines = await host.call('jobs.usage', {})
      const now = { engines, atSeconds: performance.now() / 1000 }
      load.value = isRunning.value ? engineLoad(before, now) : undefined
      before = now
    } catch {
      // An ornament: without an answer it is not shown, and the connection tells its own failures.
      load.value = undefined
    }
  }

  function stop(): void {
    clearInterval(timer)
    timer = undefined
    load.value = undefined
    before = undefined
  }

  watch(
    isRunning,
    (runs) => {
      stop()
      if (!runs) return
      void ask()
      timer = setInterval(() => void ask(), intervalMilliseconds)
    },
    { immediate: true }
  )
  onScopeDispose(stop)
  return load
}
