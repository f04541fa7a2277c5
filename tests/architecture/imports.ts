/** Reads what a source file imports, with TypeScript's own parser, and where each import leads. */
import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import ts from 'typescript'
import type { SourceTree } from './source-tree'

export interface ImportStatement {
  /** As written; undefined when it is computed when the program runs. */
  readonly specifier: string | undefined
  readonly line: number
  /** Gone when the program runs. `import { type A }` is not: it still loads the file. */
  readonly typeOnly: boolean
}

export type ImportTarget =
  | { readonly kind: 'file'; readonly path: string }
  /** `node:fs/promises` is the package `node:fs`; a built-in module always gets its `node:`. */
  | { readonly kind: 'package'; readonly name: string }
  /** A style sheet, picture or JSON file: no code, so no rule. */
  | { readonly kind: 'asset' }
  | { readonly kind: 'nowhere' }

const scriptBlock = /(<script\b[^>]*>)([\s\S]*?)<\/script>/g

/** All imports and re-exports of a file in order, of `import()`, `require()` and `import('x').Type` too. */
export function readImports(path: string, text: string): ImportStatement[] {
  if (!path.endsWith('.vue')) return readScriptImports(path, text, 0)
  return [...text.matchAll(scriptBlock)].flatMap(({ index, 1: tag = '', 2: script = '' }) =>
    readScriptImports(path, script, lineBreaks(text.slice(0, index + tag.length)))
  )
}

function readScriptImports(path: string, script: string, linesBefore: number): ImportStatement[] {
  const source = ts.createSourceFile(`${path}.ts`, script, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS)
  const statements: ImportStatement[] = []
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean): void => {
    statements.push({
      specifier: specifier !== undefined && ts.isStringLiteralLike(specifier) ? specifier.text : undefined,
      line: linesBefore + source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
      typeOnly
    })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node, node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    } else if (ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined) add(node, node.moduleSpecifier, node.isTypeOnly)
    } else if (ts.isExternalModuleReference(node)) {
      add(node, node.expression, false)
    } else if (ts.isImportTypeNode(node)) {
      add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true)
    } else if (ts.isCallExpression(node) && loadsModule(node.expression)) {
      add(node, node.arguments[0], false)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return statements
}

function loadsModule(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
}

/** Where `specifier`, written in `importer`, leads. `@contract/x` is src-preload/contract/x. */
export function resolveImport(importer: string, specifier: string, tree: SourceTree): ImportTarget {
  // Vite's suffixes (`./worker?worker`, `./logo.svg?url`) change how a file is loaded, not which one.
  const name = specifier.split('?')[0] ?? specifier
  const path = sourcePath(importer, name)
  if (path === undefined) return { kind: 'package', name: packageName(name) }
  const found = ['', '.ts', '.vue', '.d.ts', '/index.ts'].map((end) => path + end).find((p) => tree.has(p))
  if (found !== undefined) return { kind: 'file', path: found }
  return /\.(json|css|svg|png|wav|woff2|wasm|md)$/.test(path) ? { kind: 'asset' } : { kind: 'nowhere' }
}

function sourcePath(importer: string, name: string): string | undefined {
  if (name === '@contract' || name.startsWith('@contract/')) {
    return posix.join('src-preload/contract', name.slice('@contract'.length))
  }
  if (name === '.' || name === '..' || name.startsWith('./') || name.startsWith('../')) {
    return posix.join(posix.dirname(importer), name)
  }
  return undefined
}

function packageName(specifier: string): string {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  return !name.startsWith('node:') && builtinModules.includes(name) ? `node:${name}` : name
}

function lineBreaks(text: string): number {
  return text.split('\n').length - 1
}
