import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { noteBundledPackages } from './scripts/bundled-packages-plugin'

const fromRoot = (path: string) => resolve(import.meta.dirname, path)
const alias = { '@contract': fromRoot('src-preload/contract') }

// Pure JavaScript dependencies are bundled into main; only the native one stays outside, to be packed unpacked.
const bundled = [
  'zod',
  'protobufjs',
  'commander',
  'cli-progress',
  'wavefile',
  '@wasm-audio-decoders/flac',
  '@wasm-audio-decoders/ogg-vorbis',
  'ogg-opus-decoder',
  'mpg123-decoder',
  '@alexanderolsen/libsamplerate-js',
  'csv-parse',
  'ws',
  'echarts'
]

export default defineConfig({
  main: {
    resolve: { alias },
    plugins: [noteBundledPackages(import.meta.dirname, 'main')],
    build: {
      outDir: 'out/main',
      // Size matters for downloads to a page, not for files on the user's disk.
      chunkSizeWarningLimit: 2000,
      sourcemap: true,
      externalizeDeps: { exclude: bundled },
      rolldownOptions: {
        input: {
          index: fromRoot('src-main/index.ts'),
          cli: fromRoot('src-main/cli.ts'),
          engine: fromRoot('src-main/engine.ts')
        },
        // Chunks stay beside the entries, so that a path relative to an entry holds in shared code too.
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: '[name]-[hash].js',
          // Under the LGPL: files of their own, which users may replace.
          codeSplitting: {
            groups: ['codec-parser', 'mpg123-decoder'].map((name) => ({
              name,
              test: new RegExp(`node_modules[\\\\/]${name}[\\\\/]`)
            })),
            includeDependenciesRecursively: false
          }
        }
      }
    }
  },
  preload: {
    resolve: { alias },
    plugins: [noteBundledPackages(import.meta.dirname, 'preload')],
    build: {
      outDir: 'out/preload',
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: fromRoot('src-preload/index.ts') },
        // A sandboxed preload must be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' }
      }
    }
  },
  renderer: {
    root: fromRoot('src-renderer'),
    resolve: { alias },
    plugins: [vue(), noteBundledPackages(import.meta.dirname, 'renderer')],
    build: {
      outDir: fromRoot('out/renderer'),
      chunkSizeWarningLimit: 1500,
      minify: true,
      rolldownOptions: { input: fromRoot('src-renderer/index.html') }
    }
  }
})
