import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTemporaryFolder } from '../../tests/helpers/temporary-folder'
import type { ModelFolder } from '../speech/families/model-folder'
import { openModelFolder } from './model-folder'

const folder = useTemporaryFolder()
const realModel = resolve(import.meta.dirname, '../../../shared/real/whisper-tiny-ctc')

function folderWith(...names: string[]): string {
  const path = join(folder(), 'tiny')
  mkdirSync(path)
  for (const name of names) writeFileSync(join(path, name), name)
  return path
}

describe('openModelFolder', () => {
  it('is what the speech room asks for', async () => {
    const path = folderWith('model.onnx', 'config.json')
    const opened: ModelFolder = openModelFolder(path)
    expect(opened.name).toBe('tiny')
    expect(opened.has('config.json')).toBe(true)
    expect(opened.has('vocab.json')).toBe(false)
    expect(await opened.readText('config.json')).toBe('config.json')
  })

  it('takes an .onnx file for the folder around it', async () => {
    const path = folderWith('model.onnx', 'small.onnx')
    const opened = openModelFolder(join(path, 'small.onnx'))
    expect(opened).toMatchObject({
      name: 'tiny',
      folder: path,
      modelFile: 'small.onnx',
      modelPath: join(path, 'small.onnx')
    })
    expect(new TextDecoder().decode(await opened.readBytes(opened.modelFile))).toBe('small.onnx')
  })

  it.each([
    ['model.onnx before others', ['a.onnx', 'model.onnx'], 'model.onnx'],
    ['the encoder of a pair', ['decoder_model_merged.onnx', 'encoder_model.onnx'], 'encoder_model.onnx'],
    ['the only one', ['readme.txt', 'b.onnx'], 'b.onnx']
  ])('chooses %s', (_name, names, expected) => {
    expect(openModelFolder(folderWith(...names)).modelFile).toBe(expected)
  })

  it('refuses a folder with several models and names them', () => {
    const path = folderWith('b.onnx', 'a.onnx')
    expect(() => openModelFolder(path)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: `'${path}' holds 2 models, expected one: choose one of a.onnx, b.onnx.`
      })
    )
  })

  it('refuses what is no model', () => {
    const path = folderWith('notes.txt')
    expect(() => openModelFolder(path)).toThrow(expect.objectContaining({ code: 'not-found' }))
    expect(() => openModelFolder(join(path, 'notes.txt'))).toThrow(
      expect.objectContaining({ code: 'invalid-input' })
    )
    expect(() => openModelFolder(join(path, 'gone.onnx'))).toThrow(
      `Could not open '${join(path, 'gone.onnx')}': it does not exist; check the path.`
    )
  })

  it('does not reach out of the folder, but follows the links of a download', async () => {
    const path = folderWith('model.onnx')
    writeFileSync(join(folder(), 'blob'), 'blob')
    symlinkSync(join(folder(), 'blob'), join(path, 'config.json'))
    const opened = openModelFolder(path)
    expect(await opened.readText('config.json')).toBe('blob')
    await expect(opened.readText('../blob')).rejects.toMatchObject({ code: 'invalid-input' })
    expect(() => opened.has('/etc/passwd')).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })

  it.skipIf(!existsSync(realModel))('opens a real model (skipped without ../shared/real)', async () => {
    const opened = openModelFolder(realModel)
    expect(opened.modelFile).toBe('model.onnx')
    expect(JSON.parse(await opened.readText('vocab.json'))).toHaveProperty('|')
  })
})
