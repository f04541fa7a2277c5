/** CTC against the sum over all alignments, written out, and against a plain recursion where those are too many. */
import { describe, expect, it } from 'vitest'
import { expectClose, floatTensor, int64Feed, numbers } from '../../../tests/helpers/check-gradient'
import { checkLoss, drawn, inputsModel } from '../../../tests/helpers/check-loss'
import { runModel } from '../../../tests/helpers/run-model'
import { createPrng } from '../../base/prng'
import { differentiate } from '../differentiate'
import { addCtc } from './ctc'
import { addWeightedSum } from './weighted-sum'

function logSoftmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits)
  const norm = top + Math.log(logits.reduce((sum, value) => sum + Math.exp(value - top), 0))
  return logits.map((value) => value - norm)
}

/** What a path reads as: repeats merged, then blanks dropped. */
function collapse(path: readonly number[], blank: number): number[] {
  return path.filter((label, index) => label !== path[index - 1]).filter((label) => label !== blank)
}

/** −log Σ over all paths that read as `labels` of the product of their probabilities. */
function bruteForce(
  frames: readonly (readonly number[])[],
  labels: readonly number[],
  blank: number
): number {
  const probabilities = frames.map((logits) => logSoftmax(logits).map(Math.exp))
  const visit = (path: readonly number[]): number => {
    if (path.length < frames.length) {
      return frames[0]!.reduce((sum, _, label) => sum + visit([...path, label]), 0)
    }
    if (String(collapse(path, blank)) !== String(labels)) return 0
    return path.reduce((product, label, frame) => product * probabilities[frame]![label]!, 1)
  }
  return -Math.log(visit([]))
}

interface Example {
  readonly labels: readonly number[]
  readonly frames: number
}

function padded(examples: readonly Example[], fill: number) {
  const width = Math.max(1, ...examples.map(({ labels }) => labels.length))
  const flat = examples.flatMap(({ labels }) => [
    ...labels,
    ...new Array<number>(width - labels.length).fill(fill)
  ])
  return {
    labels: int64Feed([examples.length, width], flat),
    frameCounts: int64Feed(
      [examples.length],
      examples.map(({ frames }) => frames)
    ),
    labelCounts: int64Feed(
      [examples.length],
      examples.map(({ labels }) => labels.length)
    )
  }
}

const names = { logits: 'logits', labels: 'labels', frameCounts: 'frameCounts', labelCounts: 'labelCounts' }

/** Frames of one example out of [batch, frames, classes]. */
function framesOf(
  logits: readonly number[],
  index: number,
  { frames, classes, count }: { frames: number; classes: number; count: number }
) {
  return Array.from({ length: count }, (_, frame) => {
    const start = (index * frames + frame) * classes
    return logits.slice(start, start + classes)
  })
}

describe('CTC', () => {
  const batches: readonly [string, number, number, number, readonly Example[]][] = [
    ['one example', 0, 4, -1, [{ labels: [1, 2], frames: 4 }]],
    ['a repeated label', 0, 5, -1, [{ labels: [1, 1, 2], frames: 5 }]],
    ['labels that only just fit', 0, 3, -1, [{ labels: [1, 1], frames: 3 }]],
    ['no labels', 0, 3, -1, [{ labels: [], frames: 3 }]],
    ['one frame', 0, 1, -1, [{ labels: [2], frames: 1 }]],
    ['a blank that is not 0', 2, 4, 0, [{ labels: [1, 0, 1], frames: 4 }]],
    [
      'a padded batch',
      0,
      5,
      -1,
      [
        { labels: [1, 2, 1], frames: 5 },
        { labels: [2], frames: 3 },
        { labels: [], frames: 2 },
        { labels: [2, 2], frames: 4 }
      ]
    ],
    [
      'padding that looks like labels',
      0,
      5,
      1,
      [
        { labels: [1, 2, 1], frames: 5 },
        { labels: [1], frames: 4 }
      ]
    ]
  ]

  it.each(batches)(
    'is the sum over all alignments, with its gradient: %s',
    async (_, blank, frames, fill, examples) => {
      const classes = 3
      const prng = createPrng(frames + examples.length)
      await checkLoss({
        add: (model) => addCtc(model, { ...names, blank }),
        feeds: {
          logits: drawn([examples.length, frames, classes], () => 2 * prng.normal()),
          ...padded(examples, fill)
        },
        wrt: ['logits'],
        reference: (logits) => {
          const each = examples.map(({ labels, frames: count }, index) =>
            bruteForce(framesOf(logits, index, { frames, classes, count }), labels, blank)
          )
          return each.reduce((sum, value) => sum + value, 0) / examples.length
        }
      })
    }
  )

  it('counts an example that does not fit as 0, with gradient 0, and leaves the others alone', async () => {
    const [frames, classes] = [3, 3]
    const prng = createPrng(8)
    const examples = [
      { labels: [1, 1, 2], frames: 3 },
      { labels: [1, 2], frames: 3 }
    ]
    const logits = drawn([2, frames, classes], () => prng.normal())
    const feeds = { logits, ...padded(examples, 0) }
    const loss = addCtc(inputsModel(feeds), names)
    const { model } = differentiate(loss.model, { ...loss, wrt: ['logits'] })
    const outputs = await runModel(model, feeds)
    const fits = framesOf(numbers(logits), 1, { frames, classes, count: frames })
    // float64 throughout.
    expectClose(numbers(outputs[loss.loss]!), [bruteForce(fits, [1, 2], 0) / 2], {
      rtol: 1e-10,
      atol: 0,
      what: 'loss'
    })
    const gradient = numbers(outputs['logits.gradient']!)
    expect(gradient.slice(0, frames * classes).every((value) => value === 0)).toBe(true)
    expect(gradient.slice(frames * classes).some((value) => value !== 0)).toBe(true)
  })

  it('passes the cotangent of a weighted sum on', async () => {
    const prng = createPrng(9)
    const feeds = {
      logits: drawn([1, 4, 3], () => prng.normal()),
      ...padded([{ labels: [1, 2], frames: 4 }], 0)
    }
    const ctc = addCtc(inputsModel(feeds), names)
    const total = addWeightedSum(ctc.model, [{ loss: ctc.loss, weight: 3 }])
    const { carried } = ctc
    const gradientOf = async (loss: string) => {
      const { model } = differentiate(total.model, { loss, wrt: ['logits'], carried })
      return numbers((await runModel(model, feeds))['logits.gradient']!)
    }
    const expected = (await gradientOf(ctc.loss)).map((value) => 3 * value)
    // One more rounding of float64.
    expectClose(await gradientOf(total.loss), expected, { rtol: 1e-15, atol: 1e-17, what: 'three times' })
  })
})

/** The forward recursion of one example in float64, −∞ for log 0. */
function plainRecursion(frames: readonly (readonly number[])[], labels: readonly number[]): number {
  const states = [0, ...labels.flatMap((label) => [label, 0])]
  const add = (...values: number[]) => {
    const top = Math.max(...values)
    if (top === -Infinity) return top
    return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0))
  }
  let alpha = states.map((_, state) => (state === 0 ? 0 : -Infinity))
  for (const logits of frames) {
    const emissions = logSoftmax(logits)
    alpha = states.map((label, state) => {
      const maySkip = label !== 0 && label !== states[state - 2]
      const arrived = add(
        alpha[state]!,
        state >= 1 ? alpha[state - 1]! : -Infinity,
        state >= 2 && maySkip ? alpha[state - 2]! : -Infinity
      )
      return arrived + emissions[label]!
    })
  }
  return -add(alpha.at(-1)!, alpha.at(-2)!)
}

describe('CTC of long utterances in float32', () => {
  const [frames, classes, labelCount] = [600, 28, 80]

  it.each([1, 40])('agrees with a plain recursion in float64, for logits of size %d', async (scale) => {
    const prng = createPrng(11)
    const values = Array.from({ length: frames * classes }, () => Math.fround(scale * prng.normal()))
    const labels = Array.from({ length: labelCount }, () => 1 + prng.integer(classes - 1))
    const feeds = {
      logits: floatTensor('float32', [1, frames, classes], values),
      ...padded([{ labels, frames }], 0)
    }
    const loss = addCtc(inputsModel(feeds), names)
    const { model } = differentiate(loss.model, { ...loss, wrt: ['logits'] })
    const outputs = await runModel(model, feeds)
    const split = framesOf(values, 0, { frames, classes, count: frames })
    // 600 additions in float32, each of half a unit in the last place of a number of the size of the loss.
    expectClose(numbers(outputs[loss.loss]!), [plainRecursion(split, labels)], {
      rtol: 2e-5,
      atol: 0,
      what: 'loss'
    })
    const gradient = numbers(outputs['logits.gradient']!)
    expect(gradient.every(Number.isFinite)).toBe(true)
    // Softmax and occupancy sum to 1 each, of 28 and of 161 terms.
    for (let frame = 0; frame < frames; frame += 37) {
      const sum = gradient.slice(frame * classes, (frame + 1) * classes).reduce((a, b) => a + b, 0)
      expect(Math.abs(sum)).toBeLessThan(1e-5)
    }
    // Differences of sums as large as the loss, 2e4 at the larger scale, where float32 has a spacing of 2e-3.
    for (const index of [0, 28 * 17 + 3, 28 * 300 + 5, 28 * 599]) {
      const moved = (by: number) =>
        plainRecursion(
          framesOf(values.with(index, values[index]! + by), 0, { frames, classes, count: frames }),
          labels
        )
      const expected = (moved(1e-5) - moved(-1e-5)) / 2e-5
      expect(Math.abs(gradient[index]! - expected)).toBeLessThan(5e-3)
    }
  })
})
