"""Writes what Python's tokenizers say of 1,000 strings at random, for scripts/tokenizerAgreement.mjs.

    python tokenizerReference.py FOLDER [COUNT [SEED]]

FOLDER holds tokenizer.json files (in folders of their own, or as NAME.json), SentencePiece models (`*.model*`), GGUF vocabularies
(`ggml-vocab-*.gguf`) and tekken files (`tekken*.json`); NAME.ids.json goes beside each. Needs tokenizers, sentencepiece, gguf, tiktoken.
A SentencePiece model parses no control piece in a text, and we do: each stretch between them is given to it by itself.
"""
import json
import pathlib
import random
import re
import sys

SCRIPTS = [
    'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789', 'éèêëñüößøåçłžšřđþ', 'абвгдежзийклмнопрстуфхцчшщъыьэюя', 'αβγδεζηθικλμνξοπρστυφχψω',
    'אבגדהוזחטיכלמנסעפצקרשת', 'ابتثجحخدذرزسشصضطظعغفقكلمنهوي', 'अआइईउऊएऐओऔकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह', 'กขคงจฉชซญดตถทนบปผพฟมยรลวสหอ',
    '的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生', '臺灣學習語言模型與機器', 'あいうえおかきくけこさしすせそアイウエオカキクケコ', '가나다라마바사아자차카타파하한국어', '𝒜𝒷𝕏𐍈𓀀',
]
MARKS = ['\u0301', '\u0308', '\u0327', '\u20d7', '\u093f', '\u0e31', '\u200d', '\ufe0f', '\u0334', '\u1ab0']
EMOJI = ['🙂', '👩\u200d🚀', '👨\u200d👩\u200d👧\u200d👦', '🇹🇼', '🤦🏽\u200d♂️', '✈️', '❤️\u200d🔥', '1️⃣', '☃', '🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f']
SPACES = [' ', '  ', '   ', '        ', '\t', '\t\t', '\n', '\n\n', '\n\n\n', '\r\n', '\r', '\u00a0', '\u2003', '\u3000', '\u2028', '\x0b', '\x0c', '\x85', '\u200b', '\ufeff']
CONTROLS = ['\x01', '\x07', '\x1b', '\x1f', '\x7f', '\x9f', '\u00ad', '\u202e', '\u2066', '\ue000', '\uffff', '\U0010ffff', '\ufffd']
CODE = ['def f(x):\n    return x ** 2\n', 'if (a <= b) { return "x\\n"; } // TODO', '<div class="a">&amp;</div>', 'SELECT * FROM t WHERE id=1;', 'https://example.org/a?b=c&d=%20#e', '{"k": [1, 2.5e-3, null]}', '$x^2 + \\frac{1}{2}$', '#include <stdio.h>', '::std->a[0]++;', '```py\n', '1,234,567.89', '192.168.0.1', '２０２６年１２月', '½²ⅷ①', "don't WE'LL I'm o'clock", 'naïve ﬁancé Å ℌ ﷺ ㍿ ｶﾀｶﾅ ﾞ', '▁', '▁▁a', '<0x41>', '…—–·•¿¡«»„“”‘’']


def texts(count, seed, special):
    rng = random.Random(seed)

    def word():
        script = rng.choice(SCRIPTS)
        return ''.join(rng.choice(script) + (rng.choice(MARKS) if rng.random() < 0.06 else '') for _ in range(rng.randint(1, 9)))

    kinds = [(word, 50), (lambda: ' ' + word(), 30), (lambda: rng.choice(SPACES), 18), (lambda: rng.choice(EMOJI), 6), (lambda: rng.choice(CONTROLS), 4), (lambda: rng.choice(CODE), 10), (lambda: rng.choice(special) if special else '', 5), (lambda: chr(rng.choice([rng.randint(32, 0x2fff), rng.randint(0x3000, 0xd7ff), rng.randint(0xe000, 0x1ffff)])), 4)]
    made, weights = zip(*kinds)
    fixed = ['', ' ', '  ', 'a', ' a', 'a ', '\n', '▁', '中', 'Hello world']
    return fixed + [''.join(make() for make in rng.choices(made, weights, k=rng.randint(1, 14))) for _ in range(count - len(fixed))]


def write(path, by, special, encode, count, seed):
    strings = texts(count, seed, special)
    path.with_name(path.name + '.ids.json').write_text(json.dumps({'by': by, 'texts': strings, 'ids': [list(map(int, encode(text))) for text in strings]}))
    print(path, by, len(strings))


def by_tokenizers(path, count, seed):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    special = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
    chosen = special if len(special) < 200 else random.Random(1).sample(special, 200)
    write(path, 'tokenizers', chosen, lambda text: tokenizer.encode(text, add_special_tokens=False).ids, count, seed)


def by_sentencepiece(path, proto, count, seed, always_unknown=()):
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())
    control = {piece.piece: at for at, piece in enumerate(proto.pieces) if piece.type in (2, 3) and piece.piece}
    between = re.compile('(' + '|'.join(map(re.escape, sorted(control, key=len, reverse=True))) + ')')

    def encode(text):
        return [each for part in between.split(text) if part for each in ([control[part]] if part in control else processor.encode(part))]

    own = [piece.piece for piece in proto.pieces if piece.type == 4]
    write(path, 'sentencepiece', list(control)[:60] + own[:60], encode, count, seed)


def by_gguf(path, count, seed):
    from gguf import GGUFReader
    from sentencepiece import sentencepiece_model_pb2 as pb

    fields = GGUFReader(str(path)).fields
    value = lambda key, preset=None: fields['tokenizer.ggml.' + key].contents() if 'tokenizer.ggml.' + key in fields else preset
    kind = value('model')
    if kind not in ('t5', 'llama'):
        return
    proto = pb.ModelProto()
    unknown = 0
    for piece, score, own in zip(value('tokens'), value('scores'), value('token_type')):
        # Further unknown pieces, which sentencepiece does not allow, are matched as control pieces are.
        proto.pieces.add(piece=piece, score=score, type=3 if own == 2 and unknown else int(own))
        unknown += own == 2
    proto.trainer_spec.model_type = 1 if kind == 't5' else 2
    proto.trainer_spec.byte_fallback = kind == 'llama'
    proto.normalizer_spec.name = 'own'
    proto.normalizer_spec.precompiled_charsmap = bytes(value('precompiled_charsmap', []))
    proto.normalizer_spec.add_dummy_prefix = bool(value('add_space_prefix', kind == 'llama'))
    proto.normalizer_spec.remove_extra_whitespaces = bool(value('remove_extra_whitespaces', False))
    by_sentencepiece(path, proto, count, seed)


def by_tekken(path, count, seed):
    import base64
    import tiktoken

    model = json.loads(path.read_text())
    config = model['config']
    special = config['default_num_special_tokens']
    words = model['vocab'][: config['default_vocab_size'] - special]
    ranks = {base64.b64decode(word['token_bytes']): word['rank'] for word in words}
    encoding = tiktoken.Encoding('tekken', pat_str=config['pattern'], mergeable_ranks=ranks, special_tokens={})
    write(path, 'tiktoken', [], lambda text: [special + each for each in encoding.encode(text, disallowed_special=())], count, seed)


def main(folder, count=1000, seed=20261201):
    from sentencepiece import sentencepiece_model_pb2 as pb

    for path in sorted(pathlib.Path(folder).rglob('*')):
        name = path.name
        if name.endswith('.ids.json') or not path.is_file():
            continue
        if name == 'tokenizer.json':
            by_tokenizers(path, int(count), int(seed))
        elif name.startswith('tekken') and name.endswith('.json'):
            by_tekken(path, int(count), int(seed))
        elif '.model' in name:
            by_sentencepiece(path, pb.ModelProto.FromString(path.read_bytes()), int(count), int(seed))
        elif name.endswith('.gguf'):
            by_gguf(path, int(count), int(seed))


if __name__ == '__main__':
    main(*sys.argv[1:])
