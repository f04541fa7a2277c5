import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, shallowRef } from 'vue'
import { useCalmValue } from './use-calm-value'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('follows many changes with few, the last one always, and another subject at once', async () => {
  const source = shallowRef({ id: 'a', steps: 0 })
  const scope = effectScope()
  const calm = scope.run(() =>
    useCalmValue(
      () => source.value,
      ({ id }) => id
    )
  )!
  const seen: number[] = []
  for (let steps = 1; steps <= 40; steps++) {
    source.value = { id: 'a', steps }
    await vi.advanceTimersByTimeAsync(100)
    if (calm.value.steps !== (seen.at(-1) ?? 0)) seen.push(calm.value.steps)
  }
  expect(seen.length).toBeGreaterThan(1)
  expect(seen.length).toBeLessThan(6)
  await vi.advanceTimersByTimeAsync(2000)
  expect(calm.value.steps).toBe(40)
  source.value = { id: 'b', steps: 1 }
  await nextTick()
  expect(calm.value).toEqual({ id: 'b', steps: 1 })
  source.value = { id: 'b', steps: 2 }
  scope.stop()
  await vi.advanceTimersByTimeAsync(5000)
  expect(calm.value.steps).toBe(1)
})
