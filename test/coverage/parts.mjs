/** The parts of a source that may run or not: its functions, the branches in them, and among these what is done about an error. */
import ts from 'typescript';

const inner = (statement) => (ts.isBlock(statement) ? (statement.statements[0] ?? statement) : statement);

const isLogical = ({ kind }) =>
  [
    ts.SyntaxKind.AmpersandAmpersandToken,
    ts.SyntaxKind.BarBarToken,
    ts.SyntaxKind.QuestionQuestionToken,
  ].includes(kind);

/** Whether there is nothing to run: `() => undefined` drops an error. */
const isEmpty = (node) =>
  ts.isLiteralExpression(node) || ['undefined', '[]', 'false', 'true'].includes(node.getText());

/** What `promise.catch(...)` and `promise.then(..., ...)` do about an error. */
const isHandler = ({ parent }, node) =>
  ts.isCallExpression(parent) &&
  ts.isPropertyAccessExpression(parent.expression) &&
  ((parent.expression.name.text === 'catch' && parent.arguments[0] === node) ||
    (parent.expression.name.text === 'then' && parent.arguments[1] === node));

/** @returns `[{ kind, node }]` of one node: what stands for each part that it decides about */
function partsOf(node) {
  if (ts.isFunctionLike(node) && node.body !== undefined) return functionPart(node);
  if (ts.isCatchClause(node)) return [{ kind: 'recovery', node: inner(node.block) }];
  return branchesOf(node).map((part) => ({
    kind: ts.isThrowStatement(part) ? 'recovery' : 'branch',
    node: part,
  }));
}

function functionPart(node) {
  const body = inner(node.body);
  if (!isHandler(node, node)) return [{ kind: 'function', node: body }];
  return isEmpty(body) ? [] : [{ kind: 'recovery', node: body }];
}

function branchesOf(node) {
  if (ts.isIfStatement(node))
    return [node.thenStatement, node.elseStatement]
      .filter((statement) => statement !== undefined && !ts.isIfStatement(statement))
      .map(inner);
  if (ts.isConditionalExpression(node)) return [node.whenTrue, node.whenFalse];
  if (ts.isCaseOrDefaultClause(node) && node.statements.length > 0) return [inner(node.statements[0])];
  if (ts.isBinaryExpression(node) && isLogical(node.operatorToken)) return [node.right];
  return [];
}

/** The first of a block stands for the block. */
const isStatement = ({ parent }) => ts.isBlock(parent);

/** @returns `[{ kind, start, end, line, code }]` in the order of the text */
export function listParts(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const lines = text.split('\n');
  const parts = [];
  const visit = (node) => {
    if (ts.isTypeNode(node)) return;
    for (const { kind, node: part } of partsOf(node)) {
      const start = part.getStart(source);
      const line = source.getLineAndCharacterOfPosition(start).line;
      const end = isStatement(part) ? part.parent.getEnd() : part.getEnd();
      parts.push({ kind, start, end, line: line + 1, code: lines[line].trim() });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return parts;
}
