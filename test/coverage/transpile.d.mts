interface Built {
  readonly code: string;
  readonly map: { readonly mappings: string };
}

export function transpile(path: string, text: string): Built;
export function places(built: Built, text: string): { readonly built: number; readonly source: number }[];
