/** The uses of a template's variables, as the readers of the template languages collect them. */

export interface NameUse {
  name: string;
  /** The parts of it that are named (`address.city`), in order; '' where the variable itself is asked for. */
  parts: string[];
  /** It is looped over or its parts are named: a text given for it may be a list or mapping in JSON. */
  structured: boolean;
}

export class Names {
  everything = false;
  private readonly uses = new Map<string, { parts: Set<string>; structured: boolean }>();

  /** @param path the name and the parts that it is followed into. @param whole it is looped over */
  add([name, ...rest]: readonly string[], whole: boolean): void {
    const use = this.uses.get(name) ?? { parts: new Set<string>(), structured: false };
    use.parts.add(rest.join('.'));
    use.structured ||= whole || rest.length > 0;
    this.uses.set(name, use);
  }

  /** The template asks for all the variables that the file has (`{{json this}}`). */
  addAll(): void {
    this.everything = true;
  }

  all(): NameUse[] {
    return [...this.uses].map(([name, { parts, structured }]) => ({ name, parts: [...parts], structured }));
  }
}
