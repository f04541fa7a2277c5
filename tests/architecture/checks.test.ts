/** Proves that the checker can fail: tiny trees, each with one violation, and the same tree without it. */
import { describe, expect, it } from 'vitest'
import { findCycles, findForbiddenImports, findLongFiles, roomOf } from './checks'
import { readImports } from './imports'
import type { SourceTree } from './source-tree'

const tree = (files: Record<string, string>): SourceTree => new Map(Object.entries(files))

const contract = { 'src-preload/contract/errors.ts': "import { z } from 'zod'" }

describe('imports between rooms', () => {
  it('passes a tree that keeps to the table', () => {
    const files = {
      ...contract,
      'src-main/base/prng.ts': "import { E } from '@contract/errors'",
      'src-main/onnx/ir/model.ts': "import p from 'protobufjs/minimal'\nimport { a } from '../../base/prng'",
      'src-main/linalg/svd.ts': "import type { Model } from '../onnx/ir/model'",
      'src-main/engine/jobs/compress.ts': "import { svd } from '../../linalg/svd'"
    }
    expect(findForbiddenImports(tree(files))).toEqual([])
  })

  it('reports an arrow that the table does not have, with file, line, both rooms and what to do', () => {
    const files = {
      'src-main/onnx/passes/fold.ts': "\nimport { svd } from '../../linalg/svd'",
      'src-main/linalg/svd.ts': ''
    }
    expect(findForbiddenImports(tree(files))).toEqual([
      "src-main/onnx/passes/fold.ts:2 (room onnx) imports '../../linalg/svd' (room linalg), but may import only " +
        'base, @contract: take it as a parameter, move it to a room that both may import, or change ' +
        'tests/architecture/rooms.ts and docs/architecture.md together and say why.'
    ])
  })

  it.each([
    ['base', 'src-main/base/a.ts', 'src-main/onnx/b.ts'],
    ['the contract', 'src-preload/contract/a.ts', 'src-main/base/b.ts'],
    ['the renderer', 'src-renderer/src/a.ts', 'src-main/base/b.ts'],
    ['the preload', 'src-preload/index.ts', 'src-main/base/b.ts'],
    ['study', 'src-main/study/a.ts', 'src-main/onnx/b.ts'],
    ['gradient', 'src-main/gradient/a.ts', 'src-main/runtime/b.ts'],
    ['evaluation', 'src-main/evaluation/a.ts', 'src-main/compression/b.ts'],
    ['an engine job', 'src-main/engine/jobs/a.ts', 'src-main/runtime/ort/b.ts'],
    ['services, of an engine job', 'src-main/services/a.ts', 'src-main/engine/jobs/b.ts'],
    ['services, of mathematics', 'src-main/services/a.ts', 'src-main/linalg/b.ts'],
    ['a host, of the workspace', 'src-main/hosts/cli/a.ts', 'src-main/workspace/b.ts'],
    ['a host, of another host', 'src-main/hosts/web/a.ts', 'src-main/hosts/cli/b.ts'],
    ['the CLI entry, of the runtime', 'src-main/cli.ts', 'src-main/runtime/ort/b.ts']
  ])('reports a forbidden arrow out of %s', (_name, from, to) => {
    const specifier = to.startsWith('src-preload/contract/')
      ? to.replace('src-preload/contract', '@contract')
      : '../'.repeat(from.split('/').length - 1) + to
    const source = `import { b } from '${specifier.replace(/\.ts$/, '')}'`
    expect(findForbiddenImports(tree({ [from]: source, [to]: '' }))).toHaveLength(1)
  })

  it('lets the engine entry wire the runtime', () => {
    const files = {
      'src-main/engine.ts': `import { create } from './runtime/ort/ort-backend'`,
      'src-main/runtime/ort/ort-backend.ts': ''
    }
    expect(findForbiddenImports(tree(files))).toEqual([])
  })

  it('lets services import the client side of the engine', () => {
    const files = {
      'src-main/services/queue.ts': "import { launch } from '../engine/launcher-pool'",
      'src-main/engine/launcher-pool.ts': "import { fork } from 'node:child_process'"
    }
    expect(findForbiddenImports(tree(files))).toEqual([])
  })

  it('lets the client side of the engine name job types but not load jobs', () => {
    const job = { 'src-main/engine/jobs/compress.ts': '' }
    const types = "import type { Job } from './jobs/compress'"
    const values = "import { type Job } from './jobs/compress'"
    expect(findForbiddenImports(tree({ ...job, 'src-main/engine/protocol.ts': types }))).toEqual([])
    expect(findForbiddenImports(tree({ ...job, 'src-main/engine/protocol.ts': values }))).toEqual([
      "src-main/engine/protocol.ts:1 (room engine/client) imports './jobs/compress' (room engine), of which it may " +
        "import only types: write 'import type'."
    ])
  })

  it('reports a file that is in no room', () => {
    expect(findForbiddenImports(tree({ 'src-main/utils/a.ts': '' }))).toEqual([
      'src-main/utils/a.ts is in no room: move it into one, or add its folder to tests/architecture/rooms.ts.'
    ])
  })

  it('reports imports that it cannot follow, so that nothing escapes it', () => {
    const messages = findForbiddenImports(
      tree({ 'src-main/engine/a.ts': "import './gone'\nvoid import(process.argv[2])\nimport './b.js'" })
    )
    expect(messages).toHaveLength(3)
    expect(messages[0]).toContain("'./gone', which leads to no file")
    expect(messages[1]).toContain('computed when the program runs')
  })

  it('reports a product source that imports from the tests', () => {
    const files = { 'src-main/base/a.ts': "import '../../tests/helpers/b'", 'tests/helpers/b.ts': '' }
    expect(findForbiddenImports(tree(files))).toEqual([expect.stringContaining('outside the sources')])
  })

  it('leaves tests free and ignores assets', () => {
    const files = {
      'src-main/onnx/a.test.ts': "import { readFileSync } from 'node:fs'",
      'src-main/onnx/a.native.test.ts': "import '../runtime/ort/ort-backend'",
      'src-renderer/src/main.ts': "import './style.css'\nimport icon from './icon.svg?url'"
    }
    expect(findForbiddenImports(tree(files))).toEqual([])
  })
})

describe('outside packages', () => {
  it('names the owner of a package', () => {
    expect(
      findForbiddenImports(tree({ 'src-main/services/a.ts': "import { readFile } from 'fs/promises'" }))
    ).toEqual([
      "src-main/services/a.ts:1 (room services) imports 'fs/promises', but only workspace may: call that room, or " +
        'take what you need as a parameter.'
    ])
  })

  it('reports a package that no room owns', () => {
    expect(findForbiddenImports(tree({ 'src-main/base/a.ts': "import _ from 'lodash/fp'" }))).toEqual([
      "src-main/base/a.ts:1 (room base) imports 'lodash/fp', which no room owns: do without, or give it one owner " +
        'in tests/architecture/rooms.ts.'
    ])
  })

  it.each([
    ['node:fs', 'src-main/engine/jobs/a.ts', 'src-main/workspace/a.ts'],
    ['node:sqlite', 'src-main/services/a.ts', 'src-main/workspace/a.ts'],
    ['node:crypto', 'src-main/hosts/cli/a.ts', 'src-main/workspace/a.ts'],
    ['node:child_process', 'src-main/services/a.ts', 'src-main/engine/jobs/a.ts'],
    ['onnxruntime-node', 'src-main/engine/serve.ts', 'src-main/runtime/ort/a.ts'],
    ['onnxruntime-node', 'src-main/runtime/a.ts', 'src-main/runtime/ort/a.ts'],
    ['protobufjs', 'src-main/speech/a.ts', 'src-main/onnx/serde/a.ts'],
    ['wavefile', 'src-main/speech/a.ts', 'src-main/speech/audio/a.ts'],
    ['@wasm-audio-decoders/flac', 'src-main/engine/a.ts', 'src-main/speech/audio/a.ts'],
    ['zod', 'src-main/study/a.ts', 'src-preload/contract/a.ts'],
    ['electron', 'src-main/index.ts', 'src-main/hosts/electron/a.ts'],
    ['electron', 'src-preload/contract/a.ts', 'src-preload/index.ts'],
    ['commander', 'src-main/cli.ts', 'src-main/hosts/cli/a.ts'],
    ['cli-progress', 'src-main/hosts/web/a.ts', 'src-main/hosts/cli/a.ts'],
    ['vue', 'src-preload/contract/a.ts', 'src-renderer/src/a.ts'],
    ['pinia', 'src-main/services/a.ts', 'src-renderer/src/stores/a.ts'],
    ['echarts/core', 'src-renderer/src/views/a.ts', 'src-renderer/src/charts/a.ts'],
    ['vue-echarts', 'src-renderer/src/components/a.ts', 'src-renderer/src/charts/sub/a.ts'],
    ['node:path', 'src-main/onnx/a.ts', 'src-main/services/a.ts'],
    ['node:url', 'src-renderer/src/a.ts', 'src-main/cli.ts'],
    ['node:http', 'src-main/hosts/cli/a.ts', 'src-main/hosts/web/a.ts']
  ])('keeps %s from %s', (name, stranger, owner) => {
    const source = `export { a } from '${name}'`
    expect(findForbiddenImports(tree({ [stranger]: source }))).toHaveLength(1)
    expect(findForbiddenImports(tree({ [owner]: source }))).toEqual([])
  })
})

describe('cycles', () => {
  it('prints the shortest circle, type imports included', () => {
    const files = {
      'src-main/onnx/a.ts': "import { b } from './b'",
      'src-main/onnx/b.ts': "import type { C } from './c'",
      'src-main/onnx/c.ts': "export * from './a'\nimport './d'",
      'src-main/onnx/d.ts': ''
    }
    expect(findCycles(tree(files))).toEqual([
      'Imports run in a circle: src-main/onnx/a.ts -> src-main/onnx/b.ts -> src-main/onnx/c.ts -> src-main/onnx/a.ts. ' +
        'Move what both ends need into a file of its own, or pass it in as a parameter.'
    ])
    expect(findCycles(tree({ ...files, 'src-main/onnx/c.ts': "import './d'" }))).toEqual([])
  })

  it('reports separate circles separately and a tangle once, with its size', () => {
    const files = {
      'src-main/onnx/a.ts': "import './b'\nimport './c'",
      'src-main/onnx/b.ts': "import './a'",
      'src-main/onnx/c.ts': "import './a'",
      'src-main/speech/x.ts': "import './x'"
    }
    const cycles = findCycles(tree(files))
    expect(cycles).toHaveLength(2)
    expect(cycles[0]).toContain(
      'a.ts -> src-main/onnx/b.ts -> src-main/onnx/a.ts (3 files are tied together here)'
    )
    expect(cycles[1]).toContain('src-main/speech/x.ts -> src-main/speech/x.ts.')
  })

  it('follows @contract, Vue files and dynamic imports, but not tests', () => {
    const files = {
      'src-preload/contract/a.ts': "void import('@contract/b')",
      'src-preload/contract/b.ts': "export type A = import('./a').A",
      'src-renderer/src/A.vue':
        '<template><i /></template>\n<script setup lang="ts">\nimport B from "./B.vue"\n</script>',
      'src-renderer/src/B.vue': '<script setup lang="ts">import A from "./A.vue"</script>',
      'src-main/base/x.ts': "import './x.test'",
      'src-main/base/x.test.ts': "import './x'"
    }
    expect(findCycles(tree(files))).toHaveLength(2)
  })
})

describe('file sizes', () => {
  const lines = (count: number) => 'a\n'.repeat(count)

  it.each([
    ['src-main/base/a.ts', 500],
    ['src-main/base/a.test.ts', 500],
    ['tests/helpers/a.ts', 500],
    ['src-renderer/src/A.vue', 250]
  ])('allows %s at most %i lines', (path, limit) => {
    expect(findLongFiles(tree({ [path]: lines(limit) }))).toEqual([])
    expect(findLongFiles(tree({ [path]: lines(limit + 1) }))).toEqual([
      `${path} has ${limit + 1} lines, at most ${limit} are allowed: split it by concept into smaller files.`
    ])
  })
})

describe('readImports', () => {
  it('is not fooled by comments and strings, and counts lines from the top of a Vue file', () => {
    const source = "// import './no'\nconst a = `import './no'`\nimport './yes'"
    expect(readImports('a.ts', source)).toEqual([{ specifier: './yes', line: 3, typeOnly: false }])
    const component = `<template>\n</template>\n<script setup lang="ts">\n${source}\n</script>`
    expect(readImports('A.vue', component)).toEqual([{ specifier: './yes', line: 6, typeOnly: false }])
  })
})

describe('roomOf', () => {
  it('prefers the narrower room', () => {
    expect(roomOf('src-main/runtime/ort/ort-backend.ts')?.name).toBe('runtime/ort')
    expect(roomOf('src-main/runtime/inference-backend.ts')?.name).toBe('runtime')
    expect(roomOf('src-main/engine/client.ts')?.name).toBe('engine/client')
    expect(roomOf('src-main/engine/jobs/client.ts')?.name).toBe('engine')
  })
})
