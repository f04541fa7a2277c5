import { expect, it } from 'vitest'
import { kernelMilliseconds } from './kernel-time'

it('counts kernels run by run, and of a kernel with kernels inside only those', () => {
  const profile = JSON.stringify([
    { cat: 'Session', name: 'model_run', ts: 0, dur: 10_000 },
    { cat: 'Node', name: 'scan_kernel_time', ts: 1000, dur: 4000 },
    // Both inside the first one.
    { cat: 'Node', name: 'add_kernel_time', ts: 2000, dur: 1000 },
    { cat: 'Node', name: 'exp_kernel_time', ts: 3000, dur: 500 },
    { cat: 'Node', name: 'mul_kernel_time', ts: 6000, dur: 500 },
    { cat: 'Node', name: 'mul_fence_before', ts: 7000, dur: 500 },
    { cat: 'Session', name: 'model_run', ts: 20_000, dur: 3000 },
    { cat: 'Node', name: 'mul_kernel_time', ts: 21_000, dur: 2000 }
  ])
  expect(kernelMilliseconds(profile)).toEqual([2, 2])
})
