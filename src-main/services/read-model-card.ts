/**
 * Licence and languages of a model, as the files beside it say them: the front matter of README.md (Hugging Face's model
 * cards), config.json, or the licence text itself. What nobody says stays unsaid.
 */
import { WorkbenchError } from '@contract/errors'
import type { ModelFacts } from '@contract/library'
import type { ModelFolderFiles } from '../workspace/model-folder'

export type ModelCard = Pick<ModelFacts, 'license' | 'languages'>

const cardName = 'README.md'
const configName = 'config.json'
const licenseNames = ['LICENSE', 'LICENSE.txt', 'LICENSE.md', 'COPYING']
/** A title is shorter; what is longer is a sentence of the text. */
const maximumTitleCharacters = 60

/** Reads what is there; a file that cannot be read says nothing. */
export async function readModelCard(folder: Pick<ModelFolderFiles, 'has' | 'readText'>): Promise<ModelCard> {
  const read = async (name: string): Promise<string | undefined> => {
    if (!folder.has(name)) return undefined
    try {
      return await folder.readText(name)
    } catch (thrown) {
      if (thrown instanceof WorkbenchError) return undefined
      throw thrown
    }
  }
  const sources = [frontMatter((await read(cardName)) ?? ''), jsonMembers((await read(configName)) ?? '')]
  const first = (name: string): readonly string[] =>
    sources.map((members) => members.get(name) ?? []).find((values) => values.length > 0) ?? []
  const named = first('license_name')[0] ?? first('license')[0]
  const licenseFile = licenseNames.find((name) => folder.has(name))
  // `other` is what a card says when the licence has a name of its own or none.
  const isNamed = named !== undefined && named !== 'other'
  const license = isNamed || licenseFile === undefined ? named : licenseTitle((await read(licenseFile)) ?? '')
  return { license: license ?? null, languages: first('language') }
}

/**
 * The members of the YAML between the two `---` lines that a model card begins with: texts, and lists of texts in
 * either notation. Anything deeper is passed over.
 */
function frontMatter(text: string): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>()
  const block = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? ''
  let open: string[] | undefined
  for (const line of block.split(/\r?\n/)) {
    const item = /^\s*-\s+(.+)$/.exec(line)?.[1]
    const member = /^([\w-]+):\s*(.*)$/.exec(line)
    if (item !== undefined) open?.push(unquoted(item))
    else if (member !== null) {
      const [, name = '', value = ''] = member
      const inline = /^\[(.*)\]$/.exec(value)?.[1]
      const values = inline === undefined ? [value] : inline.split(',')
      open = values.map(unquoted).filter((each) => each !== '')
      members.set(name, open)
    }
  }
  return members
}

function unquoted(text: string): string {
  return text.trim().replace(/^(['"])(.*)\1$/, '$2')
}

function jsonMembers(text: string): ReadonlyMap<string, readonly string[]> {
  try {
    const json: unknown = JSON.parse(text)
    if (typeof json !== 'object' || json === null) return new Map()
    return new Map(
      Object.entries(json).map(([name, value]) => [
        name,
        [value].flat().filter((each): each is string => typeof each === 'string' && each !== '')
      ])
    )
  } catch {
    // The family that needs the file says what is wrong with it.
    return new Map()
  }
}

/** The short name of the two commonest licences, else the text's first line when it reads like a title. */
function licenseTitle(text: string): string | undefined {
  const beginning = text.slice(0, 400)
  if (/Apache License\s+Version 2\.0/.test(beginning)) return 'apache-2.0'
  if (/\bMIT License\b|Permission is hereby granted, free of charge/.test(beginning)) return 'mit'
  const title = beginning
    .split('\n')
    .map((line) => line.replace(/^[#\s]+/, '').trim())
    .find((line) => line !== '')
  return title === undefined || title.length > maximumTitleCharacters ? undefined : title
}
