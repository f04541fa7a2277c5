import { describe, expect, it } from 'vitest'
import { engineLoad } from './engine-load'

const engine = (processId: number, processorSeconds: number) => ({
  processId,
  residentBytes: 100e6,
  processorSeconds
})

describe('the load of the engines', () => {
  it('is not known while none runs', () => {
    expect(engineLoad(undefined, { engines: [], atSeconds: 5 })).toBeUndefined()
  })

  it('has no pace at the first look', () => {
    expect(engineLoad(undefined, { engines: [engine(1, 3)], atSeconds: 5 })).toEqual({
      engines: 1,
      residentBytes: 100e6,
      processors: null
    })
  })

  it('is the processor time between two looks, of those who were there at both', () => {
    const before = { engines: [engine(1, 3), engine(2, 8)], atSeconds: 5 }
    const now = { engines: [engine(1, 6), engine(3, 50)], atSeconds: 7 }
    expect(engineLoad(before, now)).toEqual({ engines: 2, residentBytes: 200e6, processors: 1.5 })
    expect(engineLoad(before, { ...now, atSeconds: 5 })?.processors).toBeNull()
  })
})
