/** LAPACK's answers for small matrices; made by tests/fixtures/linalg/generate.py. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

type Rows = readonly (readonly number[])[]

export interface LinalgGoldens {
  readonly eigen: readonly { name: string; a: Rows; values: number[]; gap?: number; vectors?: Rows }[]
  readonly svd: readonly {
    name: string
    a: Rows
    singularValues: number[]
    gap?: number
    u?: Rows
    v?: Rows
  }[]
  readonly qr: readonly { name: string; a: Rows; q: Rows; r: Rows }[]
  readonly cholesky: readonly { name: string; a: Rows; l: Rows }[]
}

const file = resolve(import.meta.dirname, '../fixtures/linalg/factorizations.json')

export const linalgGoldens = JSON.parse(readFileSync(file, 'utf8')) as LinalgGoldens
