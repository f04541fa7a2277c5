/**
 * Lathe's decomposition of the 24 matrices of a Whisper tiny encoder against numpy.linalg.svd (float64, OpenBLAS): the same
 * matrices, alternating one by one, so that both meet the same load of the machine. Not part of `npm test`; needs the
 * real model beside the repository and a python3 with NumPy, and says so when one is absent.
 *
 * Both give everything a truncated SVD of any rank needs: NumPy U, Σ and Vᵀ (full_matrices=False), Lathe W·V, Σ and Vᵀ.
 *
 * Run: npx rolldown tests/performance/numpy-decomposition/decomposition.bench.ts --platform node \
 *   --tsconfig tsconfig.base.json --external onnxruntime-node -d out/bench && \
 *   MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072 npx node --max-semi-space-size=2 \
 *   --initial-old-space-size=64 out/bench/decomposition.bench.js [threads] [rounds]
 * Environment and flags are those of engine processes (`src-main/engine/launcher-options.ts`).
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { defaultExcludedRoles } from '../../../src-preload/contract/recipe'
import { lowRankFactors } from '../../../src-main/compression/low-rank-factors'
import { createBackendProducts } from '../../../src-main/linalg/backend-products'
import { matrix, type Matrix } from '../../../src-main/linalg/matrix'
import { locateLinearLayers } from '../../../src-main/onnx/linear-layer/locate-linear-layers'
import { readWeight } from '../../../src-main/onnx/linear-layer/read-weight'
import { decodeModel } from '../../../src-main/onnx/serde/decode-model'
import { createOrtBackend } from '../../../src-main/runtime/ort/ort-backend'

const modelFile = resolve('../shared/real/whisper-tiny-ctc/model.onnx')
const threads = Number(process.argv[2] ?? 1)
const rounds = Number(process.argv[3] ?? 9)

/** Relative difference of singular values that both must keep. */
const agreement = 1e-9

/** Milliseconds of wall time and of processor time, over all threads of the process. */
type Times = readonly [wall: number, processor: number]

function encoderMatrices(): Matrix[] {
  const model = decodeModel(readFileSync(modelFile))
  return locateLinearLayers(model)
    .filter(({ role }) => !defaultExcludedRoles.includes(role))
    .map((layer) => readWeight(model, layer))
    .map(({ in: rows, out: columns, data }) => matrix(rows, columns, data))
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!
}

/** Sum over the matrices of each one's median over the rounds. */
function total(runs: readonly (readonly Times[])[], which: 0 | 1): number {
  return runs.reduce((sum, times) => sum + median(times.map((time) => time[which])), 0)
}

/** Starts the Python side; undefined when there is no python3 with NumPy. */
async function startNumpy(folder: string) {
  const script = resolve('tests/performance/numpy-decomposition/numpy_side.py')
  const child = spawn('python3', [script, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OPENBLAS_NUM_THREADS: String(threads) }
  })
  child.on('error', () => undefined)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done === true) return undefined
  return {
    version: (JSON.parse(first.value) as { numpy: string }).numpy,
    async time(index: number): Promise<Times> {
      child.stdin.write(`${index}\n`)
      return JSON.parse((await lines.next()).value as string) as Times
    },
    end: () => child.stdin.end()
  }
}

/** Largest |σ − σ'| ÷ σ' over all singular values of all matrices, and of those above a thousandth of the largest. */
function compareSingularValues(
  folder: string,
  ours: readonly Float64Array[]
): { all: number; large: number } {
  const worst = { all: 0, large: 0 }
  for (const [index, values] of ours.entries()) {
    const expected = new Float64Array(new Uint8Array(readFileSync(join(folder, `${index}.s.f64`))).buffer)
    for (const [k, value] of values.entries()) {
      const error = Math.abs(value - expected[k]!) / expected[k]!
      worst.all = Math.max(worst.all, error)
      if (expected[k]! > 1e-3 * expected[0]!) worst.large = Math.max(worst.large, error)
    }
  }
  return worst
}

async function main(): Promise<void> {
  if (!existsSync(modelFile)) return console.log(`Skipped: ${modelFile} is absent.`)
  const matrices = encoderMatrices()
  const folder = mkdtempSync(join(tmpdir(), 'lathe-numpy-'))
  try {
    writeFileSync(join(folder, 'index.json'), JSON.stringify(matrices.map((a) => [a.rows, a.columns])))
    for (const [index, { data }] of matrices.entries()) writeFileSync(join(folder, `${index}.f64`), data)
    const numpy = await startNumpy(folder)
    if (numpy === undefined) return console.log('Skipped: this comparison needs python3 with NumPy.')
    const backend = createOrtBackend()
    const products = createBackendProducts(backend, threads)
    const values: Float64Array[] = []
    const runs = { lathe: matrices.map((): Times[] => []), numpy: matrices.map((): Times[] => []) }
    // The first round is not counted: code is compiled and memory laid out in it.
    for (let round = -1; round < rounds; round++) {
      for (const [index, a] of matrices.entries()) {
        const [wall, processor] = [performance.now(), process.cpuUsage()]
        const { singularValues } = await lowRankFactors(a, undefined, products)
        const { user, system } = process.cpuUsage(processor)
        const lathe: Times = [performance.now() - wall, (user + system) / 1000]
        const other = await numpy.time(index)
        values[index] = singularValues
        if (round < 0) continue
        runs.lathe[index]!.push(lathe)
        runs.numpy[index]!.push(other)
      }
    }
    numpy.end()
    await products.release()
    console.log(
      `${matrices.length} matrices, float64, ${threads} thread(s), sums of medians of ${rounds} runs`
    )
    console.log(`${backend.description}, NumPy ${numpy.version}, ${cpus()[0]?.model ?? 'unknown processor'}`)
    const shapes = matrices.map(({ rows, columns }) => `${rows} x ${columns}`)
    for (const shape of ['all', ...new Set(shapes)]) {
      const chosen = (times: readonly (readonly Times[])[]) =>
        times.filter((_, index) => shape === 'all' || shapes[index] === shape)
      const [ours, theirs] = [chosen(runs.lathe), chosen(runs.numpy)]
      const figures = ([0, 1] as const).map((which) => {
        const [a, b] = [total(ours, which), total(theirs, which)]
        return `${a.toFixed(0).padStart(6)} ${b.toFixed(0).padStart(6)} ms ${(b / a).toFixed(2).padStart(5)}x`
      })
      console.log(`${shape.padEnd(12)} wall Lathe, NumPy ${figures[0]}   processor ${figures[1]}`)
    }
    const { all, large } = compareSingularValues(folder, values)
    const verdict = all <= agreement ? 'within' : 'NOT within'
    console.log(
      `singular values: largest relative difference ${all.toExponential(1)}, ${verdict} ${agreement},`
    )
    console.log(`  ${large.toExponential(1)} of those above a thousandth of the largest`)
    if (all > agreement) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true })
  }
}

await main()
