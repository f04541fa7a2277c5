import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { runProgram } from './run-program'

const node = { name: process.execPath, remedy: 'install Node' }

describe('runProgram', () => {
  it('returns what the program writes, of what it was given', async () => {
    const input = Uint8Array.of(1, 2, 255)
    const output = await runProgram(node, ['-e', 'process.stdin.pipe(process.stdout)'], input)
    expect([...output]).toEqual([1, 2, 255])
  })

  it('passes arguments on as they are, without a shell', async () => {
    const output = await runProgram(node, ['-p', 'process.argv[1]', '--', '$HOME; echo "x"'])
    expect(new TextDecoder().decode(output).trim()).toBe('$HOME; echo "x"')
  })

  it('says what to install when there is no such program', async () => {
    await expect(
      runProgram({ name: 'lathe-no-such-program', remedy: 'install it from somewhere' }, [])
    ).rejects.toMatchObject({
      code: 'not-found',
      message: "The program 'lathe-no-such-program' was not found: install it from somewhere and try again."
    })
  })

  it('tells the first line of the complaint of a program that fails', async () => {
    const script = "process.stderr.write('no voice\\nsecond line\\n'); process.exitCode = 3"
    await expect(runProgram(node, ['-e', script])).rejects.toMatchObject({
      code: 'io',
      message: expect.stringMatching(/ended with code 3: no voice\.$/) as string
    })
  })
})
