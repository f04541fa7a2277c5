/**
 * The app as electron-builder packs it, around a stub in place of Electron's binary: what is in it, what is not, and that
 * the packed code runs, under Node, without the repository around it.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { trainingNoteSchema } from '@contract/library'
import { developmentErrorRate } from '@contract/training'
import { thirdPartyPath, thirdPartyText } from '../../scripts/collect-licences'
import { writeElectronStub } from '../helpers/electron-stub'
import { runCli, startCli } from '../helpers/run-cli'
import { useSharedTemporaryFolder } from '../helpers/shared-temporary-folder'
import { writeTinyStudy } from '../helpers/tiny-study'

const root = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)
const tool = (name: string) => join(root, 'node_modules/.bin', name)
const { version } = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')) as {
  version: string
}
const canPack = process.platform === 'linux' && existsSync(tool('electron-builder'))
const libraries = `node_modules/onnxruntime-node/bin/napi-v6/linux/${process.arch}`

const shared = useSharedTemporaryFolder()
/** The unpacked app, as an installer would put it on the disk. */
let app: string
/** Files of the archive and beside it: `pack` or `unpack`, then the path. */
let listing: ReadonlyMap<string, 'pack' | 'unpack'>
/** Archive and what is beside it put together again. */
let extracted: string

async function pack(): Promise<void> {
  const stub = join(shared(), 'electron')
  mkdirSync(stub)
  writeElectronStub(stub, version)
  const output = join(shared(), 'dist')
  const to = [`-c.electronDist=${stub}`, `-c.directories.output=${output}`]
  await run(tool('electron-builder'), ['--linux', '--dir', '--publish', 'never', ...to], { cwd: root }).catch(
    (failure: { readonly stdout?: string }) => {
      throw new Error(`electron-builder failed:\n${failure.stdout ?? ''}`, { cause: failure })
    }
  )
  app = join(
    output,
    readdirSync(output).find((name) => name.endsWith('unpacked'))!
  )
  const archive = join(app, 'resources/app.asar')
  const { stdout } = await run(tool('asar'), ['list', '-i', archive], { maxBuffer: 1 << 24 })
  listing = new Map(
    [...stdout.matchAll(/^(pack|unpack) *: \/(.+)$/gm)].map(([, how, path]) => [
      path!.replaceAll('\\', '/'),
      how as 'pack' | 'unpack'
    ])
  )
  extracted = join(shared(), 'extracted')
  await run(tool('asar'), ['extract', archive, extracted])
}

/** Files whose path matches, the archive's folders left out. */
const packedLike = (pattern: RegExp) => [...listing.keys()].filter((path) => pattern.test(path))

describe.skipIf(!canPack)('the packed app (needs Linux, for the stub)', () => {
  beforeAll(pack, 90_000)

  it('holds the build, the resources and the licence', () => {
    for (const path of [
      'package.json',
      'LICENSE',
      'out/main/index.js',
      'out/main/engine.js',
      'out/preload/index.cjs',
      'out/renderer/index.html',
      'resources/recipe.schema.json',
      'resources/training-recipe.schema.json',
      'resources/recipes/first-lesson.json',
      'resources/recipes/demo.json',
      'resources/training/demo-conformer.json',
      'resources/licences/THIRD-PARTY.txt',
      'resources/licences/LGPL-2.1.txt',
      'resources/licences/GPL-3.0.txt',
      'node_modules/onnxruntime-node/dist/index.js',
      'node_modules/onnxruntime-common/dist/cjs/index.js'
    ]) {
      expect([...listing.keys()], path).toContain(path)
    }
  })

  it('holds nothing that only development needs', () => {
    expect(packedLike(/\.(map|ts|vue|tsbuildinfo)$/)).toEqual([])
    expect(packedLike(/^(src-|tests|docs|scripts|dist|\.|vitest|tsconfig|electron)/)).toEqual([])
    expect(packedLike(/^resources\/icons/)).toEqual([])
    expect(packedLike(/^out\/[^/]+$/).sort()).toEqual(['out/main', 'out/preload', 'out/renderer'])
    const packages = packedLike(/^node_modules\/[^/]+$/)
    expect(packages.sort()).toEqual(['node_modules/onnxruntime-common', 'node_modules/onnxruntime-node'])
  })

  it('holds the native libraries of this platform and no other', () => {
    expect(packedLike(/\/bin\/napi-v6\/[^/]+\/[^/]+$/)).toEqual([libraries])
    expect(packedLike(/\.(node|so(\.\d+)*|dll|dylib)$/).sort()).toEqual(
      readdirSync(join(root, libraries))
        .map((name) => `${libraries}/${name}`)
        .sort()
    )
  })

  it('puts beside the archive what the system, engines and users must reach', () => {
    const outside = [
      ...readdirSync(join(root, libraries)).map((name) => `${libraries}/${name}`),
      ...packedLike(/^resources\/.+\.(json|jsonl|txt|onnx|flac)$/),
      ...packedLike(/^out\/main\/(codec-parser|mpg123-decoder)-[^/]+\.js$/)
    ]
    expect(outside.filter((path) => listing.get(path) !== 'unpack')).toEqual([])
    expect(packedLike(/^out\/main\/(codec-parser|mpg123-decoder)-[^/]+\.js$/)).toHaveLength(2)
    for (const path of outside) {
      expect(existsSync(join(app, 'resources/app.asar.unpacked', path)), path).toBe(true)
    }
  })

  it('holds all of the demo, and the recipe finds it there', async () => {
    const files = readdirSync(join(root, 'resources/demo'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    expect(files.length).toBeGreaterThan(600)
    expect(files.filter((path) => listing.get(path) !== 'unpack')).toEqual([])

    const recipes = join(app, 'resources/app.asar.unpacked/resources/recipes')
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as unknown
    const recipe = read(join(recipes, 'demo.json')) as Record<string, string>
    for (const name of ['model', 'calibrationSet', 'evaluationSet']) {
      expect(existsSync(resolve(recipes, recipe[name] ?? '')), name).toBe(true)
    }
    // The packed code hears the packed speech with the packed model as well as the end of its training says.
    const model = resolve(recipes, recipe.model ?? '')
    const { chosenStep, curve } = trainingNoteSchema.parse(read(join(model, 'training-curve.json')))
    const data = resolve(model, '../development.jsonl')
    const entry = join(extracted, 'out/main/cli.js')
    const heard = await runCli(['evaluate', model, '--data', data, '--json'], { entry, cwd: shared() })
    expect(heard, heard.stderr).toMatchObject({ code: 0 })
    const told = curve.development.find(({ step }) => step === chosenStep)
    const { wordErrorRate } = JSON.parse(heard.stdout) as { readonly wordErrorRate: number }
    // Another processor rounds differently, which may turn a word or two of 538.
    expect(Math.abs(wordErrorRate - developmentErrorRate(told!))).toBeLessThan(0.01)
  }, 90_000)

  it('has the fuses set', async () => {
    const { stdout } = await run(tool('electron-fuses'), ['read', '--app', join(app, 'lathe')])
    const fuses: unknown = Object.fromEntries(
      [...stdout.matchAll(/(\w+) is (Enabled|Disabled)/g)].map(([, name, state]) => [name, state])
    )
    expect(fuses).toMatchObject({
      RunAsNode: 'Disabled',
      EnableNodeOptionsEnvironmentVariable: 'Disabled',
      EnableNodeCliInspectArguments: 'Disabled',
      EnableEmbeddedAsarIntegrityValidation: 'Enabled',
      OnlyLoadAppFromAsar: 'Enabled',
      LoadBrowserProcessSpecificV8Snapshot: 'Disabled',
      GrantFileProtocolExtraPrivileges: 'Disabled'
    })
  })

  it('serves its page and computes, with nothing of the repository around it', async () => {
    const entry = join(extracted, 'out/main/cli.js')
    const study = writeTinyStudy(join(shared(), 'study'))
    const evaluated = await runCli(['evaluate', study.model, '--data', study.evaluation, '--json'], {
      entry,
      cwd: shared()
    })
    expect(evaluated, evaluated.stderr).toMatchObject({ code: 0 })
    const { wordErrorRate } = JSON.parse(evaluated.stdout) as { readonly wordErrorRate: unknown }
    expect(wordErrorRate).toBeTypeOf('number')

    const server = startCli(
      [
        'serve',
        '--workspace',
        join(shared(), 'workspace'),
        '--root',
        study.folder,
        '--port',
        '0',
        '--no-open'
      ],
      { entry, cwd: shared() }
    )
    try {
      let printed = ''
      server.process.stdout!.on('data', (text: string) => (printed += text))
      await server.stderrShows('until Ctrl-C')
      await vi.waitFor(() => {
        expect(printed).toContain('\n')
      })
      const { origin } = new URL(printed.trim())
      const page = await fetch(origin)
      expect([page.status, await page.text()]).toEqual([
        200,
        readFileSync(join(root, 'out/renderer/index.html'), 'utf8')
      ])
    } finally {
      server.process.kill('SIGTERM')
      await server.ended
    }
  }, 90_000)
})

describe('the licences of what the build bundles', () => {
  it('are all in THIRD-PARTY.txt: otherwise run `npm run licences`', () => {
    expect(readFileSync(thirdPartyPath, 'utf8')).toBe(thirdPartyText())
  })
})
