/** The hostile models: each one from its seed alone. */
import { createPrng } from '../../../src-main/base/prng'
import { baseModels } from './base-models'
import { byteMutations, pick, randomBytes } from './mutate-bytes'
import { modelMutations } from './mutate-model'
import { wireMutations } from './mutate-wire'
import {
  cloneMessage,
  readWireTree,
  thinRepeated,
  wireSize,
  writeWireTree,
  type WireMessage
} from './wire-tree'

export interface HostileModel {
  readonly bytes: Uint8Array
  /** The base and what was done to it, in order. */
  readonly story: string
}

const trees = new Map<Uint8Array, WireMessage>()

function treeOf(bytes: Uint8Array): WireMessage {
  const tree = trees.get(bytes) ?? readWireTree(bytes)
  trees.set(bytes, tree)
  return cloneMessage(tree)
}

/**
 * Larger cases are thinned. Limits grow with the file, so a case of hundreds of megabytes (a field repeated 100,000 times whose
 * value then became long) would only measure the machine.
 */
const largestBytes = 16 * 2 ** 20

/** One hostile model of at most 16 MB. The same seed gives the same bytes. */
export function hostileModel(seed: number): HostileModel {
  // Neighbouring seeds of the generator are alike in their first numbers only.
  const prng = createPrng(Math.imul(seed, 0x9e3779b1))
  prng.uniform()
  const base = pick(prng, baseModels)
  const level = prng.uniform()
  if (level < 0.02) {
    const [bytes, what] = randomBytes(prng)
    return { bytes, story: what }
  }
  if (level < 0.15) return damage(base.bytes, `${base.name}: `, prng)
  const tree = treeOf(base.bytes)
  const mutations = level < 0.4 ? wireMutations : modelMutations
  const story: string[] = []
  for (let count = 1 + prng.integer(3); count > 0; count--) {
    // Now and then one of the other kind.
    const mutate = pick(prng, prng.uniform() < 0.9 ? mutations : [...wireMutations, ...modelMutations])
    const what = mutate(tree, prng)
    if (what !== undefined) story.push(what)
  }
  const size = wireSize(tree)
  if (size > largestBytes) {
    thinRepeated(tree, largestBytes / size)
    story.push(`thinned from ${size} bytes`)
  }
  const bytes = writeWireTree(tree)
  return prng.uniform() < 0.05
    ? damage(bytes, `${base.name}: ${story.join('; ')}; `, prng)
    : { bytes, story: `${base.name}: ${story.join('; ')}` }
}

function damage(bytes: Uint8Array, before: string, prng: ReturnType<typeof createPrng>): HostileModel {
  const [damaged, what] = pick(prng, byteMutations)(bytes, prng)
  return { bytes: damaged, story: before + what }
}
