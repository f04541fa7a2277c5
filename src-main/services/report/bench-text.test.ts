import { describe, expect, it } from 'vitest'
import { formatBench } from './bench-text'

describe('formatBench', () => {
  it('puts conditions beside figures and leaves the spread of a single run out', () => {
    const text = formatBench({
      modelPath: 'models/asr',
      modelHash: '0123456789abcdef',
      conditions: { runtime: 'ort 1', processor: 'P', cores: 2, node: '24.0.0', lathe: '0.1.0' },
      sections: [
        {
          title: 'Latency',
          remarks: ['1 thread.'],
          figures: [
            { name: 'int8', unit: 'ms', median: 12.345, lower: 12, upper: 13, runs: 5 },
            { name: 'faster', unit: 'x', median: 2, lower: 2, upper: 2, runs: 1 }
          ]
        },
        { title: 'Batches', remarks: ['One recording at a time.'], figures: [] }
      ]
    })
    expect(text.split('\n')).toEqual([
      'models/asr (0123456789ab)',
      'P, 2 cores; ort 1, Node 24.0.0, Lathe 0.1.0',
      '',
      'Latency',
      '1 thread.',
      '          median            quartiles  of',
      '-----------------------------------------',
      'int8    12.35 ms  12.00 ms - 13.00 ms   5',
      'faster     2.00x                        1',
      '',
      'Batches',
      'One recording at a time.'
    ])
  })
})
