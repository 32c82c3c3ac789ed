// Typed lint: what the compiler does not see (floating promises, unsafe values, needless conditions).
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/', 'build/', 'node_modules/'] },
  {
    files: ['**/*.ts'],
    ignores: ['workers/simd/**'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.dev.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
    },
  },
  // AssemblyScript: its compiler checks types; here what would break the byte contract or the layout of the memory.
  {
    files: ['workers/simd/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { allowInvalidAST: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-var': 'error',
      'no-unused-expressions': 'error',
      'no-restricted-globals': [
        'error',
        { name: 'Math', message: "Its results are the host's." },
        { name: 'f64', message: 'float32 recipes round every operation to float32.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[property.name=/^relaxed|^(q)?fma$/]',
          message: 'Relaxed and fused operations differ between processors.',
        },
        {
          selector: 'NewExpression, ArrayExpression, ObjectExpression, TemplateLiteral',
          message: "The tensor's memory holds the tensor and nothing else.",
        },
      ],
    },
  },
);
