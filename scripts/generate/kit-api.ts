/** The public names of the SDK, with their declarations and words, as a page a reader and a reviewer can hold on to. */
import { join } from 'node:path';
import ts from 'typescript';

interface PublicName {
  readonly name: string;
  /** `function`, `const`, `interface`, `type`. */
  readonly kind: string;
  readonly about: string;
  readonly declaration: string;
}

/** Every public name of `@hearth/sdk`, those of its name spaces as `fields.text`; in alphabetical order. */
export function publicNames(root: string): PublicName[] {
  const entry = join(root, 'sdk/kit/src/index.ts');
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, files: [entry], include: [] }, ts.sys, root);
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} exports nothing`);

  const found: PublicName[] = [];
  const visit = (symbol: ts.Symbol, name: string): void => {
    const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (real.flags & ts.SymbolFlags.ValueModule) {
      for (const inner of checker.getExportsOfModule(real)) visit(inner, `${name}.${inner.name}`);
      return;
    }
    const declarations = (real.declarations ?? []).filter(
      (node) => !ts.isFunctionDeclaration(node) || node.body === undefined || (real.declarations ?? []).length === 1,
    );
    const about = ts.displayPartsToString(real.getDocumentationComment(checker));
    const shown = declarations.map((node) => declarationOf(node, checker));
    found.push({ name, kind: shown[0]?.kind ?? '', about, declaration: shown.map(({ text }) => text).join('\n') });
  };
  for (const symbol of checker.getExportsOfModule(module)) visit(symbol, symbol.name);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function declarationOf(
  node: ts.Declaration,
  checker: ts.TypeChecker,
): { readonly kind: string; readonly text: string } {
  const clean = (text: string): string => text.replace(/^export /, '').trim();
  if (ts.isFunctionDeclaration(node)) {
    const file = node.getSourceFile();
    const end = node.body === undefined ? node.end : node.body.getFullStart();
    return { kind: 'function', text: clean(file.text.slice(node.getStart(), end)) };
  }
  if (ts.isVariableDeclaration(node)) {
    const type = checker.typeToString(checker.getTypeAtLocation(node), node, ts.TypeFormatFlags.NoTruncation);
    return { kind: 'const', text: `const ${node.name.getText()}: ${type}` };
  }
  if (ts.isClassDeclaration(node)) return { kind: 'class', text: outline(node) };
  return { kind: ts.isInterfaceDeclaration(node) ? 'interface' : 'type', text: clean(node.getText()) };
}

/** What of a class others may use. */
function outline(node: ts.ClassDeclaration): string {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Static;
  const members = node.members.filter(
    (member) => !ts.isConstructorDeclaration(member) && !(ts.getCombinedModifierFlags(member) & hidden),
  );
  const lines = members.map((member) => {
    const words = ts.getJSDocCommentsAndTags(member).map((words) => `  ${words.getText()}\n`);
    const end = ts.isMethodDeclaration(member) ? (member.body?.getFullStart() ?? member.end) : member.end;
    const head = member.getSourceFile().text.slice(member.getStart(), end);
    return `${words.join('')}  ${head.replace(/^async /, '').replace(/;?$/, ';')}`;
  });
  return `class ${node.name?.getText() ?? ''} {\n${lines.join('\n')}\n}`;
}

/** The page of all of them. */
export function kitReport(root: string): string {
  const parts = publicNames(root).map(
    ({ name, kind, about, declaration }) => `## ${name}\n\n${kind}. ${about}\n\n\`\`\`text\n${declaration}\n\`\`\`\n`,
  );
  return `# Public names of @hearth/sdk

Written by \`npm run generate\`. A change of this page is a change for packagers: what \`sdk/docs/stability.md\` promises is held
against it.

${parts.join('\n')}`;
}
