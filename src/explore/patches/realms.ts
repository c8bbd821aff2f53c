/**
 * Contexts of `node:vm` have an `Atomics` of their own, which nobody replaced: where code makes one, that is said.
 */
import { syncBuiltinESMExports } from 'node:module';
import vm from 'node:vm';

/** Calls `onRealm` whenever a context is made. */
export function watchRealms(onRealm: () => void): void {
  const { prototype } = vm.Script;
  Object.assign(vm, {
    createContext: announced(vm.createContext, onRealm),
    runInNewContext: announced(vm.runInNewContext, onRealm),
  });
  // oxlint-disable-next-line typescript/unbound-method -- it is applied to the script it is called on
  prototype.runInNewContext = announced(prototype.runInNewContext, onRealm);
  syncBuiltinESMExports();
}

function announced<Given extends unknown[], Result>(
  call: (...given: Given) => Result,
  announce: () => void,
): (...given: Given) => Result {
  return function announcing(this: unknown, ...given) {
    announce();
    return Reflect.apply<unknown, Given, Result>(call, this, given);
  };
}
