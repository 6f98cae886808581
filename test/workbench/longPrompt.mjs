// A prompt as long as those that people keep in files: rules and a conversation, 57 lines, 552 tokens of the bundled model.
const rules = [
  'You answer for a small shop that repairs bicycles.',
  'Be friendly and brief, and never promise a date.',
  'A repair costs at least twenty pounds.',
  'We are open from Tuesday to Saturday, nine to five.',
  'Parts are ordered on Monday and arrive on Thursday.',
  'Electric bicycles are sent to the maker.',
  'A bicycle that is not collected is kept for sixty days.',
  'Say so when you do not know the answer to a question.',
];

const turns = [
  ['My chain jumps uphill.', 'The cassette may be worn.'],
  ['Are you open on Monday?', 'No, but on Tuesday.'],
  ['How long will it take?', 'Usually two days.'],
  ['And what will it cost?', 'The work is forty pounds.'],
  ['Do you repair brakes?', 'Yes, of every kind.'],
  ['Mine squeaks in the rain.', 'Then the pads are old.'],
  ['Do you have new pads?', 'We have them in black.'],
  ['My lamp is broken too.', 'Bring it along, please.'],
  ['It never held its charge.', 'Then we send it back.'],
  ['Who will call me?', 'I will call you myself.'],
  ['My number has changed.', 'Please tell me the new one.'],
  ['It ends in forty two.', 'Thank you, I noted it.'],
];

const conversation = turns.flatMap(([question, answer]) => [`Customer: ${question}`, `Ada: ${answer}`]);
const again = turns.flatMap(([question, answer]) => [`Visitor: ${question}`, `Ben: ${answer}`]);

/** 57 lines, the last of which asks for an answer. */
export const longPrompt = [...rules, ...conversation, ...again, 'All in all, the customer is'].join('\n');
