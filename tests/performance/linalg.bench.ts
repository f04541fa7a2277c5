/**
 * Times the dense kernels and prints median and fastest of a few runs. Not part of `npm test`.
 *
 * Run: npx rolldown tests/performance/linalg.bench.ts --platform node --tsconfig tsconfig.base.json \
 *   --external onnxruntime-node -d out/bench && npx node out/bench/linalg.bench.js
 */
import { createPrng } from '../../src-main/base/prng'
import { createBackendProducts } from '../../src-main/linalg/backend-products'
import { cholesky } from '../../src-main/linalg/cholesky'
import { identity } from '../../src-main/linalg/matrix'
import { thinQr } from '../../src-main/linalg/qr'
import { svd } from '../../src-main/linalg/svd'
import { symmetricEigen, symmetricEigenvalues } from '../../src-main/linalg/symmetric-eigen'
import { createOrtBackend } from '../../src-main/runtime/ort/ort-backend'
import { add, randomMatrix, randomSymmetric } from '../helpers/dense-matrices'

const products = createBackendProducts(createOrtBackend())

async function time(name: string, runs: number, work: () => unknown): Promise<void> {
  const milliseconds: number[] = []
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    await work()
    milliseconds.push(performance.now() - start)
  }
  milliseconds.sort((x, y) => x - y)
  const [median, fastest] = [milliseconds[runs >> 1]!, milliseconds[0]!]
  console.log(`${name.padEnd(44)} median ${median.toFixed(1)} ms, fastest ${fastest.toFixed(1)} ms`)
}

for (const size of [128, 384, 768, 1536]) {
  const a = randomSymmetric(size, size)
  const runs = size < 1000 ? 9 : 3
  await time(`symmetricEigen ${size} x ${size}`, runs, () => symmetricEigen(a, products))
  await time(`symmetricEigenvalues ${size} x ${size}`, runs, () => symmetricEigenvalues(a))
}

for (const [rows, columns] of [
  [384, 384],
  [384, 1536],
  [1536, 384]
] as const) {
  const a = randomMatrix(rows, columns, createPrng(rows))
  await time(`svd ${rows} x ${columns}`, 5, () => svd(a))
  await time(`thinQr ${rows} x ${columns}`, 5, () => thinQr(a))
}

// Diagonally dominant, hence positive definite: entries of B + Bᵀ are a few units, and there are 384 in a row.
const dominant = identity(384)
dominant.data.forEach((value, i) => (dominant.data[i] = value * 4 * 384))
const definite = add(dominant, randomSymmetric(384, 1))
await time('cholesky 384 x 384', 9, () => cholesky(definite))
