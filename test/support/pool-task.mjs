/** A task for pools in tests. */
export default (number) => number + 1;
