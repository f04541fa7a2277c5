import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pathsIn, placeOf } from './opened-paths'

describe('paths among the arguments', () => {
  it('follow the program, or in development the folder of the app', () => {
    expect(pathsIn(['/opt/lathe', '/m/model.onnx'], '/home', true)).toEqual([resolve('/m/model.onnx')])
    expect(pathsIn(['electron', '.', '/m/model.onnx'], '/home', false)).toEqual([resolve('/m/model.onnx')])
    expect(pathsIn(['electron', '.'], '/home', false)).toEqual([])
  })

  it('start from the folder in which the command was given', () => {
    expect(pathsIn(['/opt/lathe', 'model.onnx'], '/home/ada', true)).toEqual([
      resolve('/home/ada/model.onnx')
    ])
  })

  it('are no switches', () => {
    expect(pathsIn(['/opt/lathe', '--allow-file-access-from-files', '', 'a'], '/b', true)).toEqual([
      resolve('/b/a')
    ])
  })
})

describe('the place of an opened path', () => {
  it.each([
    ['/m/model.onnx', '#/library?open=%2Fm%2Fmodel.onnx'],
    ['/m/a folder & more', '#/library?open=%2Fm%2Fa+folder+%26+more'],
    ['C:\\m\\recipe.JSON', '#/study?open=C%3A%5Cm%5Crecipe.JSON']
  ])('of %s is %s', (path, place) => {
    expect(placeOf(path)).toBe(place)
  })
})
