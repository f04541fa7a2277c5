/**
 * The import table of docs/architecture.md as data. `checks.ts` enforces it; change the two together.
 *
 * A room with a slash is a part of the room before the slash that has rules of its own: `runtime/ort` is the only
 * part of `runtime` that may load the native library.
 */

export type RoomName =
  | '@contract'
  | 'preload'
  | 'base'
  | 'onnx'
  | 'runtime'
  | 'runtime/ort'
  | 'linalg'
  | 'gradient'
  | 'speech'
  | 'speech/audio'
  | 'speech/datasets'
  | 'compression'
  | 'adaptation'
  | 'demo'
  | 'evaluation'
  | 'study'
  | 'workspace'
  | 'engine'
  | 'engine/client'
  | 'services'
  | 'hosts/electron'
  | 'hosts/web'
  | 'hosts/cli'
  | 'entry/electron'
  | 'entry/cli'
  | 'entry/engine'
  | 'renderer'
  | 'renderer/charts'
  | 'renderer/format'
  | 'report'

export interface Room {
  readonly name: RoomName
  /** Globs from the repository root: `*` stays inside a folder name, `**` crosses folders. */
  readonly files: readonly string[]
  /** Rooms whose values and types it may import, besides itself. */
  readonly mayImport: readonly RoomName[]
  /** Rooms of which it may import types only: they are gone when the program runs. */
  readonly mayImportTypes?: readonly RoomName[]
  /** Outside packages that it may import. What no room owns, no source may import. */
  readonly packages: readonly string[]
}

const everywhere = ['base', '@contract'] as const
/** What every room that runs on Node may use: names and paths, no effects on files, processes or the network. */
const nodeBasics = ['node:path', 'node:process', 'node:os', 'node:url'] as const
const insideEngine = [
  ...everywhere,
  'onnx',
  'runtime',
  'linalg',
  'gradient',
  'speech',
  'speech/audio',
  'speech/datasets',
  'compression',
  'adaptation',
  'demo',
  'evaluation',
  'study',
  'workspace'
] as const

/** In order: a file belongs to the first room that has a matching glob. */
export const rooms: readonly Room[] = [
  { name: '@contract', files: ['src-preload/contract/**'], mayImport: [], packages: ['zod'] },
  { name: 'preload', files: ['src-preload/index.ts'], mayImport: ['@contract'], packages: ['electron'] },

  { name: 'base', files: ['src-main/base/**'], mayImport: ['@contract'], packages: [] },
  { name: 'onnx', files: ['src-main/onnx/**'], mayImport: everywhere, packages: ['protobufjs'] },
  {
    name: 'runtime/ort',
    files: ['src-main/runtime/ort/**'],
    mayImport: [...everywhere, 'onnx', 'runtime'],
    packages: ['onnxruntime-node', ...nodeBasics]
  },
  { name: 'runtime', files: ['src-main/runtime/*'], mayImport: [...everywhere, 'onnx'], packages: [] },
  {
    name: 'linalg',
    files: ['src-main/linalg/**'],
    mayImport: [...everywhere, 'onnx', 'runtime'],
    packages: []
  },
  { name: 'gradient', files: ['src-main/gradient/**'], mayImport: [...everywhere, 'onnx'], packages: [] },
  {
    name: 'speech/audio',
    files: ['src-main/speech/audio/**'],
    mayImport: [...everywhere, 'onnx', 'runtime', 'speech'],
    packages: [
      'wavefile',
      '@wasm-audio-decoders/flac',
      '@wasm-audio-decoders/ogg-vorbis',
      'ogg-opus-decoder',
      'mpg123-decoder',
      '@alexanderolsen/libsamplerate-js'
    ]
  },
  {
    name: 'speech/datasets',
    files: ['src-main/speech/datasets/**'],
    mayImport: [...everywhere, 'speech', 'speech/audio'],
    packages: ['csv-parse']
  },
  {
    name: 'speech',
    files: ['src-main/speech/**'],
    mayImport: [...everywhere, 'onnx', 'runtime', 'speech/audio'],
    packages: []
  },
  {
    name: 'compression',
    files: ['src-main/compression/**'],
    mayImport: [...everywhere, 'onnx', 'linalg', 'runtime'],
    packages: []
  },
  {
    name: 'adaptation',
    files: ['src-main/adaptation/**'],
    mayImport: [...everywhere, 'onnx', 'gradient', 'runtime', 'compression'],
    packages: []
  },
  {
    // The embedded demo: what is said, by whom, in which room, and the network that hears it.
    name: 'demo',
    files: ['src-main/demo/**'],
    mayImport: [...everywhere, 'onnx', 'speech', 'speech/audio'],
    packages: []
  },
  {
    name: 'evaluation',
    files: ['src-main/evaluation/**'],
    mayImport: [...everywhere, 'onnx', 'speech', 'speech/audio', 'runtime'],
    packages: []
  },
  { name: 'study', files: ['src-main/study/**'], mayImport: everywhere, packages: [] },
  {
    name: 'workspace',
    files: ['src-main/workspace/**'],
    mayImport: [...everywhere, 'onnx', 'study'],
    packages: ['node:fs', 'node:sqlite', 'node:crypto', ...nodeBasics]
  },

  {
    // What runs in a host. It names the engine's data, but must not load its code: a host never computes.
    name: 'engine/client',
    files: ['src-main/engine/launcher*.ts', 'src-main/engine/client*.ts', 'src-main/engine/protocol*.ts'],
    mayImport: [...everywhere, 'study', 'workspace'],
    mayImportTypes: ['engine', ...insideEngine],
    packages: ['node:child_process', ...nodeBasics]
  },
  {
    name: 'engine',
    files: ['src-main/engine/**'],
    mayImport: [...insideEngine, 'engine/client'],
    packages: ['node:child_process', 'node:worker_threads', ...nodeBasics]
  },
  {
    name: 'services',
    files: ['src-main/services/**'],
    mayImport: [...everywhere, 'evaluation', 'study', 'workspace', 'engine/client', 'report'],
    packages: nodeBasics
  },
  {
    // A study as documents. It draws the same charts as the window does.
    name: 'report',
    files: ['src-main/report/**'],
    mayImport: [...everywhere, 'study', 'renderer/charts', 'renderer/format'],
    packages: ['echarts']
  },
  {
    name: 'hosts/electron',
    files: ['src-main/hosts/electron/**'],
    mayImport: [...everywhere, 'services'],
    // The launcher port, which a utility process implements.
    mayImportTypes: ['engine/client'],
    packages: ['electron', ...nodeBasics]
  },
  {
    name: 'hosts/web',
    files: ['src-main/hosts/web/**'],
    mayImport: [...everywhere, 'services'],
    packages: ['node:http', 'node:net', 'node:stream', 'node:child_process', 'ws', ...nodeBasics]
  },
  {
    name: 'hosts/cli',
    files: ['src-main/hosts/cli/**'],
    mayImport: [...everywhere, 'services'],
    packages: ['commander', 'cli-progress', ...nodeBasics]
  },

  // Composition roots: they put together what the rooms above only know as ports.
  {
    name: 'entry/electron',
    files: ['src-main/index.ts'],
    mayImport: [...everywhere, 'hosts/electron', 'services', 'engine/client'],
    packages: nodeBasics
  },
  {
    name: 'entry/cli',
    files: ['src-main/cli.ts'],
    mayImport: [...everywhere, 'hosts/cli', 'hosts/web', 'services', 'engine/client'],
    packages: nodeBasics
  },
  {
    name: 'entry/engine',
    files: ['src-main/engine.ts'],
    mayImport: [...everywhere, 'engine', 'engine/client', 'runtime/ort'],
    packages: nodeBasics
  },

  {
    name: 'renderer/charts',
    files: ['src-renderer/**/charts/**'],
    mayImport: ['@contract', 'renderer', 'renderer/format'],
    packages: ['vue', 'pinia', 'echarts', 'vue-echarts']
  },
  { name: 'renderer/format', files: ['src-renderer/format/**'], mayImport: ['@contract'], packages: [] },
  {
    name: 'renderer',
    files: ['src-renderer/**'],
    mayImport: ['@contract', 'renderer/charts', 'renderer/format'],
    packages: ['vue', 'pinia', 'naive-ui', '@tanstack/vue-virtual']
  }
]
