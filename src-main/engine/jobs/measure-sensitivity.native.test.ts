/** Damages measured on suffixes are those of really rewritten models. */
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useSharedTemporaryFolder } from '../../../tests/helpers/shared-temporary-folder'
import { writeTinyData } from '../../../tests/helpers/tiny-speech-data'
import { writeTinyModel } from '../../../tests/helpers/tiny-speech-model'
import { applyLowRank } from '../../compression/apply-low-rank'
import { layerMatrix } from '../../compression/layer-matrix'
import type { LowRankFactors } from '../../compression/low-rank-factors'
import { lowRankMethodTable } from '../../compression/methods/methods'
import { addDamage, meanDamage, noDamage } from '../../evaluation/output-damage'
import { createBackendProducts } from '../../linalg/backend-products'
import { matrix } from '../../linalg/matrix'
import type { LinearLayer } from '../../onnx/linear-layer/linear-layer'
import { locateLinearLayers } from '../../onnx/linear-layer/locate-linear-layers'
import { readWeight } from '../../onnx/linear-layer/read-weight'
import type { Model } from '../../onnx/ir/model'
import { encodeModel } from '../../onnx/serde/encode-model'
import type { InferenceBackend } from '../../runtime/inference-backend'
import { createOrtBackend } from '../../runtime/ort/ort-backend'
import type { SpeechRecognizer } from '../../speech/families/family'
import { openSpeechModel } from '../../speech/families/open-speech-model'
import type { JobContext } from '../serve'
import { openDataset, type Dataset } from './dataset'
import { measureSensitivity, sensitivityRanks, type SensitivityInputs } from './measure-sensitivity'
import { openModel, requireDescription } from './open-model'

const folder = useSharedTemporaryFolder()
const backend = createOrtBackend()
const options = { threads: 1, clock: { nowMilliseconds: () => performance.now() } }

const silent: JobContext = {
  signal: { aborted: false },
  progress: () => undefined,
  records: () => undefined,
  breathe: () => Promise.resolve()
}

let model: Model
let layers: readonly LinearLayer[]
let dataset: Dataset
let recognizer: SpeechRecognizer
let factors: ReadonlyMap<string, LowRankFactors>

beforeAll(async () => {
  const opened = await openModel(writeTinyModel(join(folder(), 'model')))
  model = opened.model
  layers = locateLinearLayers(model)
  dataset = await openDataset(writeTinyData(join(folder(), 'dev.jsonl'), { utterances: 5, seed: 4 }))
  recognizer = await openSpeechModel(
    backend,
    requireDescription(opened),
    { kind: 'file', path: opened.file },
    options
  )
  factors = await plainFactors(layers)
})

afterAll(() => recognizer.release())

/** Truncated SVDs: the data play no part. A mean input makes the rewrite shift biases too. */
async function plainFactors(chosen: readonly LinearLayer[]): Promise<Map<string, LowRankFactors>> {
  const products = createBackendProducts(backend)
  const found = new Map<string, LowRankFactors>()
  for (const layer of chosen) {
    const weight = readWeight(model, layer)
    const moments = undefined
    const factorized = await lowRankMethodTable['weight-svd'].factorize(
      matrix(weight.in, weight.out, weight.data),
      {
        moments,
        damping: 0,
        products
      }
    )
    found.set(layerMatrix(layer), { ...factorized, inputMean: new Float64Array(weight.in).fill(0.1) })
  }
  await products.release()
  return found
}

function inputs(changes: Partial<SensitivityInputs> = {}): SensitivityInputs {
  return {
    model,
    layers,
    factors,
    recognizer,
    dataset,
    resampleToHz: undefined,
    rankMultiple: 1,
    rankShares: [1 / 2, 1 / 8],
    backend,
    threads: 1,
    ...changes
  }
}

/** The same figure from a whole model that was rewritten, on all utterances. */
async function damageOf(layer: LinearLayer, rank: number): Promise<number> {
  const rewritten = applyLowRank(model, [{ layer, rank }], factors)
  const source = { kind: 'bytes', bytes: encodeModel(rewritten) } as const
  const candidate = await openSpeechModel(backend, recognizer.description, source, options)
  let total = noDamage
  for (const utterance of dataset.utterances) {
    const input = await recognizer.computeInput(await dataset.audio(utterance))
    const reference = await recognizer.computeOutput(input)
    const output = await candidate.computeOutput(input)
    const classes = reference.dims.at(-1)!
    total = addDamage(total, 'kl-divergence', { reference: reference.data, candidate: output.data, classes })
  }
  await candidate.release()
  return meanDamage(total)
}

describe('measureSensitivity', () => {
  it('finds for every layer and rank what a rewritten model shows', async () => {
    const table = await measureSensitivity(inputs(), silent)
    expect(table.measure).toBe('kl-divergence')
    expect(table.layers.map(({ layerId }) => layerId)).toEqual(layers.map(({ id }) => id))
    for (const [index, { points }] of table.layers.entries()) {
      const layer = layers[index]!
      expect(points.map(({ rank }) => rank)).toEqual(sensitivityRanks(layer, 1, [1 / 2, 1 / 8]).reverse())
      for (const { rank, damage } of points) {
        const whole = await damageOf(layer, rank)
        // Fusions differ between a whole model and a part, which moves logits by 1e-6 and damages of 1e-3 by 1e-3 of it.
        expect(Math.abs(damage - whole)).toBeLessThan(1e-3 * whole + 1e-8)
      }
    }
  })

  it('cuts layers that share a matrix together and skips what no rank suits', async () => {
    const [q, k] = (['q', 'k'] as const).map((wanted) => layers.find(({ role }) => role === wanted))
    // As if k used q's weight: located layers are taken at their word.
    const shared = { ...k!, weightName: q!.weightName }
    const table = await measureSensitivity(inputs({ layers: [q!, shared] }), silent)
    expect(table.layers.map(({ layerId }) => layerId)).toEqual([q!.id, k!.id])
    expect(table.layers[0]!.points).toEqual(table.layers[1]!.points)
    const alone = await measureSensitivity(inputs({ layers: [q!] }), silent)
    expect(table.layers[0]!.points[0]!.damage).toBeGreaterThan(alone.layers[0]!.points[0]!.damage)
    expect((await measureSensitivity(inputs({ layers: [q!], rankMultiple: 64 }), silent)).layers).toEqual([])
  })

  it('counts its runs and stops when it is told to', async () => {
    const seen: string[] = []
    const progress: JobContext['progress'] = ({ stage, completed, total }) =>
      seen.push(`${stage} ${completed}/${total}`)
    const chosen = inputs({ layers: layers.slice(0, 2), utterances: 3 })
    await measureSensitivity(chosen, { ...silent, progress })
    expect(seen.slice(0, 3)).toEqual([1, 2, 3].map((n) => `run the original on ${dataset.name} ${n}/3`))
    expect(seen.at(-1)).toBe('measure sensitivity 12/12')
    const signal = { aborted: false }
    const breathe = () => {
      signal.aborted = seen.length > 20
      seen.push('')
      return Promise.resolve()
    }
    await expect(measureSensitivity(chosen, { ...silent, signal, breathe })).rejects.toMatchObject({
      code: 'cancelled'
    })
  })

  it('opens one session per matrix for all ranks, and one per stretch between them', async () => {
    let opened = 0
    let open = 0
    const counting: InferenceBackend = {
      description: '',
      async open(...args) {
        const session = await backend.open(...args)
        opened++
        open++
        return {
          ...session,
          release() {
            open--
            return session.release()
          }
        }
      }
    }
    await measureSensitivity(inputs({ backend: counting }), silent)
    expect(opened).toBeLessThanOrEqual(1 + 2 * layers.length)
    expect(open).toBe(0)
  })

  it('refuses a data set without utterances', async () => {
    await expect(
      measureSensitivity(inputs({ dataset: { ...dataset, utterances: [] } }), silent)
    ).rejects.toMatchObject({
      code: 'invalid-input'
    })
  })
})

describe('sensitivityRanks', () => {
  it('takes shares of break-even in multiples, each once', () => {
    expect(sensitivityRanks({ inFeatures: 384, outFeatures: 384 }, 1)).toEqual([143, 95, 47, 23])
    expect(sensitivityRanks({ inFeatures: 384, outFeatures: 384 }, 16)).toEqual([128, 80, 32, 16])
    expect(sensitivityRanks({ inFeatures: 32, outFeatures: 32 }, 8)).toEqual([8])
    expect(sensitivityRanks({ inFeatures: 8, outFeatures: 8 }, 8)).toEqual([])
  })
})
