/**
 * Models that are legal and recognised, and hostile to the runtime: it refuses them, runs for ever or asks for more memory
 * than there is. All of that happens in an engine; the host says so in one coded error and lives.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { GraphBuilder } from '../../src-main/onnx/build/graph-builder'
import { tensorAttribute } from '../../src-main/onnx/ir/attribute'
import type { Attribute, Model, Node } from '../../src-main/onnx/ir/model'
import { float32Tensor, int64Tensor, typedTensor } from '../../src-main/onnx/ir/tensor'
import { encodeModel } from '../../src-main/onnx/serde/encode-model'
import { childProcesses, hasProcessFiles, isRunning } from '../helpers/child-processes'
import { runCli, startCli } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { writeTinyData } from '../helpers/tiny-speech-data'
import { tinyModel, writeTinyModel } from '../helpers/tiny-speech-model'
import { recordFigure } from './effort'

const shared = useSharedTemporaryFolder()
let manifest = ''

beforeAll(() => {
  manifest = writeTinyData(join(shared(), 'data.jsonl'), { utterances: 3, seed: 1 })
})

function node(
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, Attribute>> = {}
): Node {
  return {
    // The runtime refuses two nodes of one name.
    name: `hostile ${output}`,
    opType,
    domain: '',
    inputs,
    outputs: [output],
    attributes: new Map(Object.entries(attributes))
  }
}

/** The tiny model, to whose logits the scalar `harm` is added, in a folder of its own. */
function writeHostileModel(
  name: string,
  harm: readonly Node[],
  initializers: Model['graph']['initializers']
): string {
  const folder = writeTinyModel(join(shared(), name))
  const model = tinyModel('whisper-log-mel')
  const nodes = model.graph.nodes.map((each) => ({
    ...each,
    outputs: each.outputs.map((output) => (output === 'logits' ? 'harmless' : output))
  }))
  const graph = {
    ...model.graph,
    nodes: [...nodes, ...harm, node('Add', ['harmless', 'harm'], 'logits')],
    initializers: new Map([...model.graph.initializers, ...initializers])
  }
  writeFileSync(join(folder, 'model.onnx'), encodeModel({ ...model, graph }))
  return folder
}

/** A Loop without a trip count whose condition stays true. */
function endlessModel(): string {
  const body = new GraphBuilder('body')
  body.input('iteration', 'int64', [])
  const going = body.input('going', 'bool', [])
  const carried = body.input('carried', 'float32', [])
  body.output(body.node('Identity', [going], { outputs: ['still'] }), 'bool', [])
  body.output(body.node('Neg', [carried], { outputs: ['next'] }), 'float32', [])
  const loop = node('Loop', ['', 'forever', 'zero'], 'harm', {
    body: { kind: 'graph', value: body.build().graph }
  })
  return writeHostileModel('endless', [loop], new Map([
    ['forever', typedTensor('forever', 'bool', [], Uint8Array.of(1))],
    ['zero', float32Tensor('zero', [], Float32Array.of(0))]
  ])) // prettier-ignore
}

/** A constant of 2^50 numbers, made while the model runs. */
function hugeModel(): string {
  return writeHostileModel(
    'huge',
    [node('ConstantOfShape', ['size'], 'numbers', { value: tensorAttribute(float32Tensor('', [1], Float32Array.of(1))) }),
      node('ReduceSum', ['numbers'], 'harm')],
    new Map([['size', int64Tensor('size', [1], [2 ** 50])]])
  ) // prettier-ignore
}

const evaluate = (folder: string) => ['evaluate', folder, '--data', manifest]

describe('a model that the runtime does not survive', () => {
  it.each([
    ['has an operator that nobody knows', () => writeHostileModel('unknown', [node('NoSuchOperator', ['harmless'], 'harm')], new Map())],
    ['asks for petabytes', hugeModel]
  ])('because it %s is one coded error', async (_, write) => {
    const { code, signal, stderr } = await runCli(evaluate(write()))
    expect({ code, signal }).toEqual({ code: 1, signal: null })
    expect(stderr).toMatch(/\nlathe: .*\[(?:native|crashed)\]\n$|^lathe: .*\[(?:native|crashed)\]\n$/u)
  }) // prettier-ignore

  it.skipIf(!hasProcessFiles)(
    'because it never ends is stopped within 2 s of Ctrl-C, and no engine stays (skipped without /proc)',
    async () => {
      const running = startCli(evaluate(endlessModel()))
      const pid = running.process.pid ?? NaN
      const hasEnded = running.ended.then(({ stderr }) => stderr)
      // Long enough that an engine is inside the runtime, where no flag is read.
      const outcome = await Promise.race([
        hasEnded,
        new Promise((resolve) => setTimeout(resolve, 5000, 'still running'))
      ])
      expect(outcome).toBe('still running')
      const engines = childProcesses(pid)
      expect(engines).not.toEqual([])
      const asked = performance.now()
      process.kill(pid, 'SIGINT')
      const { code } = await running.ended
      recordFigure(
        'hostile engine: ms from Ctrl-C to the end of a model that never ends',
        Math.round(performance.now() - asked)
      )
      expect(code).toBe(130)
      expect(performance.now() - asked).toBeLessThan(2500)
      await vi.waitFor(() => expect(engines.filter(isRunning)).toEqual([]))
    }
  )

  it.skipIf(!hasProcessFiles)(
    'because it never ends does not outlive a host that is killed (skipped without /proc)',
    async () => {
      const running = startCli(evaluate(endlessModel()))
      const pid = running.process.pid ?? NaN
      const outcome = await Promise.race([
        running.ended,
        new Promise((resolve) => setTimeout(resolve, 5000, 'still running'))
      ])
      expect(outcome).toBe('still running')
      const engines = childProcesses(pid)
      expect(engines).not.toEqual([])
      const killed = performance.now()
      process.kill(pid, 'SIGKILL')
      await vi.waitFor(() => expect(engines.filter(isRunning)).toEqual([]), { timeout: 10_000, interval: 20 })
      const milliseconds = Math.round(performance.now() - killed)
      recordFigure('hostile engine: ms from SIGKILL of the host to the end of its engine', milliseconds)
      expect(milliseconds).toBeLessThan(3000)
    }
  )
})
