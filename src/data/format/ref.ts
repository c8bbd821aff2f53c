/** References: where things lie. */

declare const referent: unique symbol;

/** The byte address of a block that holds a `T`: a plain number. The type exists for the compiler alone. */
export type Ref<T> = number & { readonly [referent]?: T };
