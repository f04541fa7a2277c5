/** Contrastive and margin losses in ONNX Runtime against their definitions, written out over arrays. */
import { describe, expect, it } from 'vitest'
import { int64Feed, numbers } from '../../../tests/helpers/check-gradient'
import { checkLoss, drawn, inputsModel } from '../../../tests/helpers/check-loss'
import { createPrng } from '../../base/prng'
import { addAamSoftmax } from './aam-softmax'
import { addCodebookDiversity } from './codebook-diversity'
import { addInfoNce } from './info-nce'
import { addMaskedContrastive } from './masked-contrastive'

const prng = createPrng(5)
const draw = () => prng.normal()

function rows(values: readonly number[], features: number): number[][] {
  return Array.from({ length: values.length / features }, (_, row) =>
    values.slice(row * features, (row + 1) * features)
  )
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0)
const cosine = (a: readonly number[], b: readonly number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
const logSum = (values: readonly number[]) =>
  Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0))
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('InfoNCE', () => {
  it.each([
    ['cosine', true, 0],
    ['cosine', false, 0.3],
    ['dot', true, 1]
  ] as const)('%s, symmetric %s, margin %d', async (similarity, symmetric, margin) => {
    const [pairs, features] = [5, 3]
    const temperature = 0.5
    const feeds = { a: drawn([pairs, features], draw), p: drawn([pairs, features], draw) }
    await checkLoss({
      add: (model) =>
        addInfoNce(model, { anchors: 'a', positives: 'p', temperature, margin, similarity, symmetric }),
      feeds,
      wrt: ['a', 'p'],
      reference: (a, p) => {
        const like = similarity === 'cosine' ? cosine : dot
        const s = rows(a, features).map((anchor, i) =>
          rows(p, features).map(
            (positive, j) => (like(anchor, positive) - (i === j ? margin : 0)) / temperature
          )
        )
        const forwards = mean(s.map((row, i) => logSum(row) - row[i]!))
        const backwards = mean(s.map((row, i) => logSum(s.map((each) => each[i]!)) - row[i]!))
        return symmetric ? forwards + backwards : forwards
      }
    })
  })
})

describe('the masked contrastive loss', () => {
  const [batch, frames, features] = [2, 4, 3]
  const negativeFrames = [
    [1, 2],
    [0, 3],
    [0, 1],
    [0, 2],
    [5, 6],
    [4, 4],
    [4, 7],
    [5, 6]
  ]
  const mask = [1, 0, 1, 1, 1, 1, 0, 1]

  it('is its formula over masked frames, and leaves negatives out that are the target', async () => {
    const targets = drawn([batch, frames, features], draw)
    // Frame 2 has the codebook entry of frame 0, its first negative: only the true one and frame 1 are left.
    const values = numbers(targets)
    values.splice(2 * features, features, ...values.slice(0, features))
    const feeds = {
      c: drawn([batch, frames, features], draw),
      q: { ...targets, data: Float64Array.from(values) } as typeof targets,
      n: int64Feed([batch, frames, 2], negativeFrames.flat()),
      mask: { dataType: 'bool', dims: [batch, frames], data: Uint8Array.from(mask) } as const
    }
    const reference = (c: number[], q: readonly number[]) => {
      const [contexts, vectors] = [rows(c, features), rows([...q], features)]
      const costs = contexts.flatMap((context, frame) => {
        if (mask[frame] === 0) return []
        const same = (other: number) => vectors[other]!.every((value, k) => value === vectors[frame]![k])
        const others = negativeFrames[frame]!.filter((other) => !same(other))
        const logits = [frame, ...others].map((each) => cosine(context, vectors[each]!) / 0.1)
        return [logSum(logits) - logits[0]!]
      })
      return mean(costs)
    }
    await checkLoss({
      add: (model) =>
        addMaskedContrastive(model, { contexts: 'c', targets: 'q', negatives: 'n', weights: 'mask' }),
      feeds,
      wrt: ['c'],
      reference: (c) => reference(c, values)
    })
  })

  it('has the gradient of the targets, where no two are alike', async () => {
    const feeds = {
      c: drawn([batch, frames, features], draw),
      q: drawn([batch, frames, features], draw),
      n: int64Feed([batch, frames, 2], negativeFrames.flat())
    }
    await checkLoss({
      add: (model) =>
        addMaskedContrastive(model, { contexts: 'c', targets: 'q', negatives: 'n', temperature: 0.5 }),
      feeds,
      wrt: ['c', 'q'],
      reference: (c, q) => {
        const [contexts, vectors] = [rows(c, features), rows(q, features)]
        return mean(
          contexts.map((context, frame) => {
            const logits = [frame, ...negativeFrames[frame]!].map(
              (each) => cosine(context, vectors[each]!) / 0.5
            )
            return logSum(logits) - logits[0]!
          })
        )
      }
    })
  })
})

describe('codebook diversity', () => {
  const [positions, groups, entries] = [5, 2, 4]
  const counts = [1, 0, 1, 1, 0]

  it.each([
    ['all positions', undefined, counts.map(() => 1)],
    ['masked positions', 'mask', counts]
  ] as const)('over %s', async (_, weights, used) => {
    const mask = { dataType: 'bool', dims: [positions], data: Uint8Array.from(counts) } as const
    await checkLoss({
      add: (model) =>
        addCodebookDiversity(model, { logits: 'l', ...(weights === undefined ? {} : { weights }) }),
      feeds: { l: drawn([positions, groups, entries], draw), mask },
      wrt: ['l'],
      reference: (l) => {
        const total = used.reduce<number>((sum, weight) => sum + weight, 0)
        const perplexities = Array.from({ length: groups }, (_, group) => {
          const average = new Array<number>(entries).fill(0)
          used.forEach((weight, position) => {
            const logits = rows(l, entries)[position * groups + group]!
            logits.forEach((logit, k) => (average[k]! += (weight * Math.exp(logit - logSum(logits))) / total))
          })
          return Math.exp(-average.reduce((sum, p) => sum + p * Math.log(p + 1e-7), 0))
        })
        return 1 - mean(perplexities) / entries
      }
    })
  })
})

describe('AAM-softmax', () => {
  const [batch, features, classes] = [4, 3, 5]
  const labels = [0, 3, 1, 4]

  it.each([0, 0.2, 0.5])('is its formula at margin %d', async (margin) => {
    const scale = 8
    await checkLoss({
      add: (model) => addAamSoftmax(model, { embeddings: 'e', prototypes: 'w', labels: 'y', margin, scale }),
      feeds: {
        e: drawn([batch, features], draw),
        w: drawn([classes, features], draw),
        y: int64Feed([batch], labels)
      },
      wrt: ['e', 'w'],
      reference: (e, w) =>
        mean(
          rows(e, features).map((embedding, row) => {
            const logits = rows(w, features).map((prototype, k) => {
              const angle = Math.acos(cosine(embedding, prototype))
              if (k !== labels[row]) return scale * Math.cos(angle)
              const isFar = angle + margin >= Math.PI
              return scale * (isFar ? Math.cos(angle) - margin * Math.sin(margin) : Math.cos(angle + margin))
            })
            return logSum(logits) - logits[labels[row]!]!
          })
        )
    })
  })

  it('keeps falling with the angle where the margin would pass pi', async () => {
    // One embedding opposite to its class, the others not.
    const margin = 0.5
    await checkLoss({
      add: (model) =>
        addAamSoftmax(model, { embeddings: 'e', prototypes: 'w', labels: 'y', margin, scale: 4 }),
      feeds: {
        e: { dataType: 'float64', dims: [1, 2], data: Float64Array.of(-1, 0.1) },
        w: { dataType: 'float64', dims: [2, 2], data: Float64Array.of(1, 0, 0, 1) },
        y: int64Feed([1], [0])
      },
      wrt: ['e'],
      reference: (e) => {
        const [own, other] = [cosine(e, [1, 0]), cosine(e, [0, 1])]
        const logits = [4 * (own - margin * Math.sin(margin)), 4 * other]
        return logSum(logits) - logits[0]!
      }
    })
  })

  it('and the others refuse parameters that make no sense', () => {
    const model = inputsModel({ a: drawn([2, 3], draw), b: drawn([2, 3], draw) })
    const refused = (message: RegExp): unknown =>
      expect.objectContaining({ code: 'invalid-input', message: expect.stringMatching(message) as string })
    expect(() =>
      addAamSoftmax(model, { embeddings: 'a', prototypes: 'b', labels: 'y', margin: 4 })
    ).toThrowError(refused(/margin is 4/))
    expect(() => addInfoNce(model, { anchors: 'a', positives: 'b', temperature: 0 })).toThrowError(
      refused(/temperature is 0/)
    )
    expect(() =>
      addMaskedContrastive(model, { contexts: 'a', targets: 'b', negatives: 'n', temperature: -1 })
    ).toThrowError(refused(/temperature is -1/))
  })
})
