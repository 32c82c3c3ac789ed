/**
 * Every small change that a campaign may make to a source: found with the compiler's parser, made in the text. Not changed: types,
 * imports, wording (texts and whatever an error is built from).
 * @module
 */
import ts from 'typescript';

const K = ts.SyntaxKind;

/** What an operator becomes: the neighbour at the boundary, the opposite, the other of its kind. */
const OPERATORS = new Map([
  [K.LessThanToken, ['comparison', '<=', '>=']],
  [K.LessThanEqualsToken, ['comparison', '<', '>']],
  [K.GreaterThanToken, ['comparison', '>=', '<=']],
  [K.GreaterThanEqualsToken, ['comparison', '>', '<']],
  [K.EqualsEqualsEqualsToken, ['equality', '!==']],
  [K.ExclamationEqualsEqualsToken, ['equality', '===']],
  [K.PlusToken, ['arithmetic', '-']],
  [K.MinusToken, ['arithmetic', '+']],
  [K.AsteriskToken, ['arithmetic', '/']],
  [K.SlashToken, ['arithmetic', '*']],
  [K.PercentToken, ['arithmetic', '*']],
  [K.AsteriskAsteriskToken, ['arithmetic', '*']],
  [K.LessThanLessThanToken, ['bits', '>>']],
  [K.GreaterThanGreaterThanToken, ['bits', '<<', '>>>']],
  [K.GreaterThanGreaterThanGreaterThanToken, ['bits', '<<', '>>']],
  [K.AmpersandToken, ['bits', '|']],
  [K.BarToken, ['bits', '&']],
  [K.CaretToken, ['bits', '&']],
  [K.AmpersandAmpersandToken, ['logic', '||']],
  [K.BarBarToken, ['logic', '&&']],
  [K.PlusEqualsToken, ['assignment', '-=', '=']],
  [K.MinusEqualsToken, ['assignment', '+=', '=']],
  [K.AsteriskEqualsToken, ['assignment', '/=']],
  [K.SlashEqualsToken, ['assignment', '*=']],
  [K.BarEqualsToken, ['assignment', '&=']],
  [K.AmpersandEqualsToken, ['assignment', '|=']],
  [K.CaretEqualsToken, ['assignment', '=']],
  [K.LessThanLessThanEqualsToken, ['assignment', '>>=']],
  [K.GreaterThanGreaterThanEqualsToken, ['assignment', '<<=']],
  [K.GreaterThanGreaterThanGreaterThanEqualsToken, ['assignment', '<<=']],
]);

/** Methods that are easily taken for each other; the sides of a pair swap. */
const METHODS = new Map(
  [
    ['min', 'max'],
    ['floor', 'ceil'],
    ['some', 'every'],
    ['startsWith', 'endsWith'],
    ['push', 'unshift'],
    ['trunc', 'round'],
    ['indexOf', 'lastIndexOf'],
  ].flatMap(([one, other]) => [
    [one, other],
    [other, one],
  ]),
);

const WORDING = new Set([K.ThrowStatement, K.TaggedTemplateExpression]);
const DECLARATIONS = new Set([
  K.ImportDeclaration,
  K.ExportDeclaration,
  K.InterfaceDeclaration,
  K.TypeAliasDeclaration,
]);

const isText = (node) =>
  ts.isStringLiteral(node) || ts.isTemplateExpression(node) || node.kind === K.NoSubstitutionTemplateLiteral;

/**
 * @param path  of the source
 * @returns     `[{ mutator, start, end, to }]`, offsets in the text, in their order
 */
export function listMutants(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const found = [];
  const add = (mutator, node, to) => {
    const [start, end] = [node.getStart(source), node.getEnd()];
    if (text.slice(start, end) !== to) found.push({ mutator, start, end, to });
  };
  const visit = (node) => {
    if (ts.isTypeNode(node) || DECLARATIONS.has(node.kind)) return;
    mutate(node, add, (part) => part.getText(source));
    // Of an error only whether it is thrown.
    if (!WORDING.has(node.kind)) ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function mutate(node, add, textOf) {
  if (ts.isBinaryExpression(node)) mutateBinary(node, add, textOf);
  else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node))
    mutateUnary(node, add, textOf);
  else if (ts.isConditionalExpression(node)) mutateChoice(node, add, textOf);
  else if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node)) mutateNumber(node, add, textOf);
  else if (ts.isCallExpression(node)) mutateCall(node, add, textOf);
  else if (ts.isAwaitExpression(node)) mutateAwait(node, add, textOf);
  else if (node.kind === K.TrueKeyword) add('boolean', node, 'false');
  else if (node.kind === K.FalseKeyword) add('boolean', node, 'true');
  else if (
    node.kind === K.QuestionDotToken &&
    !ts.isCallExpression(node.parent) &&
    ts.isPropertyAccessExpression(node.parent)
  )
    add('optional chain', node, '.');
  else if (ts.isArrayLiteralExpression(node) && node.elements.length > 0) add('array', node, '[]');
  else mutateStatement(node, add);
}

function mutateBinary(node, add, textOf) {
  const { left, operatorToken: operator, right } = node;
  if (operator.kind === K.QuestionQuestionToken) {
    add('default', node, textOf(left));
    return;
  }
  if (operator.kind === K.PlusToken && (isText(left) || isText(right))) return;
  const [mutator, ...others] = OPERATORS.get(operator.kind) ?? [];
  for (const other of others) add(mutator, operator, other);
}

function mutateUnary(node, add, textOf) {
  if (node.operator === K.PlusPlusToken)
    add(
      'step',
      node,
      ts.isPrefixUnaryExpression(node) ? `--${textOf(node.operand)}` : `${textOf(node.operand)}--`,
    );
  else if (node.operator === K.MinusMinusToken)
    add(
      'step',
      node,
      ts.isPrefixUnaryExpression(node) ? `++${textOf(node.operand)}` : `${textOf(node.operand)}++`,
    );
  else if (node.operator !== K.PlusToken) add('sign', node, textOf(node.operand));
}

function mutateChoice(node, add, textOf) {
  const [condition, yes, no] = [node.condition, node.whenTrue, node.whenFalse].map(textOf);
  add('branches', node, `${condition} ? ${no} : ${yes}`);
}

/** A `return await` matters only where something waits for the end: in a `try`, or with `using`. */
function mutateAwait(node, add, textOf) {
  const isReturned = ts.isReturnStatement(node.parent) || ts.isArrowFunction(node.parent);
  if (!isReturned || isGuarded(node)) add('await', node, textOf(node.expression));
}

function isGuarded(node) {
  for (let at = node.parent; at !== undefined && !ts.isFunctionLike(at); at = at.parent)
    if (ts.isTryStatement(at) || (ts.isBlock(at) && at.statements.some(isUsing))) return true;
  return false;
}

const isUsing = (statement) =>
  ts.isVariableStatement(statement) && (statement.declarationList.flags & ts.NodeFlags.Using) !== 0;

/** The next one; 0 and 1 become each other. */
function mutateNumber(node, add, textOf) {
  if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return;
  const text = textOf(node).replaceAll('_', '');
  const next = ts.isBigIntLiteral(node) ? `${BigInt(text.slice(0, -1)) + 1n}n` : nextNumber(Number(text));
  add('number', node, text === '1' ? '0' : text === '1n' ? '0n' : next);
}

const nextNumber = (value) =>
  String(Number.isInteger(value) && value < 2 ** 53 ? value + 1 : value * (1 + 2 ** -20));

function mutateCall(node, add, textOf) {
  const { expression } = node;
  if (!ts.isPropertyAccessExpression(expression)) return;
  const { name } = expression;
  if (METHODS.has(name.text)) add('method', name, METHODS.get(name.text));
  if (name.text === 'filter') add('method', node, textOf(expression.expression));
}

function mutateStatement(node, add) {
  if (ts.isIfStatement(node)) for (const value of ['true', 'false']) add('condition', node.expression, value);
  else if (ts.isWhileStatement(node) || ts.isDoStatement(node)) add('loop', node.expression, 'false');
  else if (ts.isForStatement(node) && node.condition !== undefined) add('loop', node.condition, 'false');
  else if (ts.isForOfStatement(node)) add('loop', node.expression, '[]');
  else if (ts.isExpressionStatement(node)) removeExpression(node, add);
  else if (ts.isThrowStatement(node) || ts.isBreakStatement(node) || ts.isContinueStatement(node))
    add('removal', node, ';');
  else if (ts.isReturnStatement(node) && node.expression === undefined) add('removal', node, ';');
  else if (ts.isTryStatement(node) && node.finallyBlock !== undefined)
    add('removal', node.finallyBlock, '{}');
  else if (ts.isCaseClause(node) && node.statements.length > 0) removeCase(node, add);
}

function removeExpression(node, add) {
  const isSuper = ts.isCallExpression(node.expression) && node.expression.expression.kind === K.SuperKeyword;
  if (!isSuper && !ts.isStringLiteral(node.expression)) add('removal', node, ';');
}

/** The case does what the next one does: its statements go. */
function removeCase(node, add) {
  const [first, last] = [node.statements[0], node.statements.at(-1)];
  add('removal', { getStart: (source) => first.getStart(source), getEnd: () => last.getEnd() }, '');
}
