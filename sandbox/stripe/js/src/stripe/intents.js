// @ts-check
/** @file Payments of the practice's own: the security code typed again, and what a payer has to do next. */

/** The frames of cardCvc Elements. @type {WeakMap<object, Frame>} */
const CVC_FRAMES = new WeakMap();

/** What is known answers; the rest throws an Error that says so. @template {object} T @param {T} known @param {string} owner */
const nothingElse = (known, owner) =>
  new Proxy(known, {
    get: (target, name) => {
      if (name in target) return Reflect.get(target, name);
      if (typeof name === "symbol" || name === "then") return undefined;
      return unsupported(`${owner}.${name}`);
    },
  });

/** stripe.elements(): the cardCvc Element alone. @param {string} key @param {{appearance?: Appearance}} [options] */
const elementsOf = (key, options) => {
  /** @type {PaymentElement | null} */
  let made = null;
  /** @param {string} type */
  const create = (type) => {
    if (type !== "cardCvc") unsupported(`elements.create("${type}")`)();
    if (made) throw new IntegrationError("Can only create one Element of type cardCvc.");
    const frame = new Frame(key, options?.appearance, "cvc");
    made = elementOf(frame);
    CVC_FRAMES.set(made, frame);
    return made;
  };
  return nothingElse({ create, getElement: (/** @type {string} */ type) => (type === "cardCvc" ? made : null) }, "elements");
};

/** stripe.createToken("cvc_update", element). @param {string} type @param {object} element */
const createToken = async (type, element) => {
  const frame = CVC_FRAMES.get(element);
  if (type !== "cvc_update" || !frame) return unsupported("createToken but of a cvc_update")();
  const token = await frame.tokenize();
  if (token.id) return { token: { id: token.id, object: "token", type: "cvc_update", livemode: false, used: false } };
  return { error: { type: "validation_error", code: "incomplete_cvc", message: token.error } };
};

/** @param {string} key @param {string} clientSecret @returns {Promise<any>} */
const readIntent = async (key, clientSecret) => {
  const answer = await call("/client/intent", { key, client_secret: clientSecret });
  return answer.ok ? answer.view : { failed: { type: "invalid_request_error", message: answer.message } };
};

/** stripe.handleNextAction: the challenge above the page, or the bank's page. @param {string} key @param {{clientSecret: string}} options */
const handleNextAction = async (key, { clientSecret }) => {
  const before = await readIntent(key, clientSecret);
  if (before.failed) return { error: before.failed };
  if (before.redirect_url) {
    window.location.assign(before.redirect_url);
    return new Promise(() => {});
  }
  if (before.challenge_url) await challenge(before.challenge_url);
  const { last_error, challenge_url, redirect_url, ...intent } = await readIntent(key, clientSecret);
  const name = intent.object === "setup_intent" ? "setupIntent" : "paymentIntent";
  if (["succeeded", "processing", "requires_capture"].includes(intent.status)) return { [name]: intent };
  const closed = { type: "invalid_request_error", message: "The payment was not authenticated." };
  return { error: { ...(last_error ?? closed), [intent.object]: intent } };
};
