use aws_lc_rs::rsa::{OaepPrivateDecryptingKey, PrivateDecryptingKey};
use rsa::pkcs8::EncodePrivateKey as _;
use rsa::{BigUint, RsaPrivateKey};

use super::*;
use crate::clock::{SystemEntropy, TestEntropy};
use crate::domain::keys::decryption_key::DecryptionKey;
use crate::domain::keys::private_key::PrivateKey as OwnKey;
use crate::domain::keys::rotation::KeyLife;
use crate::protocol::algorithm::KeyAlgorithm;
use crate::protocol::client_metadata::ClientKeys;
use crate::protocol::jwe::Jwe;

const PLAIN: &[u8] = b"eyJhbGciOiJFUzI1NiJ9.e30.AA";

fn decryption_key(algorithm: KeyAlgorithm) -> DecryptionKey {
    let private = OwnKey::generate(algorithm, &SystemEntropy).unwrap();
    DecryptionKey::new(&private, KeyLife::starting(crate::clock::Timestamp::from_seconds(0))).unwrap()
}

/// The public half, as a client would read it.
fn material(key: &DecryptionKey, algorithm: EncryptionAlgorithm) -> KeyMaterial {
    let mut jwk = json!(key.jwk());
    jwk.as_object_mut().unwrap().remove("alg");
    ClientKeys::parse(&json!({ "keys": [jwk] })).unwrap().recipient(algorithm).unwrap().material.clone()
}

fn sealed(material: &KeyMaterial, encryption: Encryption) -> String {
    let sealing = Sealing { key: material, kid: Some("k"), encryption, cty: Some("JWT") };
    sealing.seal(PLAIN, &TestEntropy::from_seed(1)).unwrap()
}

fn open(key: &DecryptionKey, text: &str) -> Option<Vec<u8>> {
    key.open(&Jwe::read(text).unwrap(), &SystemEntropy).ok().map(|plain| plain.to_vec())
}

/// Each algorithm with each content encryption.
fn everything() -> impl Iterator<Item = Encryption> {
    let contents =
        |alg: EncryptionAlgorithm| ContentEncryption::ALL.iter().map(move |enc| Encryption { alg, enc: *enc });
    EncryptionAlgorithm::ALL.iter().copied().flat_map(contents)
}

/// RFC 7516 §5.1, RFC 7516 §5.2, RFC 7519 §5.2: what is sealed is opened by its key alone, and says what is in it.
#[test]
fn opens_what_was_sealed_in_every_way() {
    let [rsa, p256] = KeyAlgorithm::DECRYPTING.map(decryption_key);
    let others = KeyAlgorithm::DECRYPTING.map(decryption_key);
    for encryption in everything() {
        let (key, other) = if encryption.alg.is_rsa() { (&rsa, &others[0]) } else { (&p256, &others[1]) };
        let text = sealed(&material(key, encryption.alg), encryption);
        let header = Jwe::read(&text).unwrap().header;
        assert_eq!((header.encryption, header.kid.as_deref()), (encryption, Some("k")));
        let protected = URL_SAFE_NO_PAD.decode(text.split('.').next().unwrap()).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&protected).unwrap()["cty"], "JWT");
        assert_eq!(open(key, &text).as_deref(), Some(PLAIN), "{encryption:?}");
        assert_eq!(open(other, &text), None, "{encryption:?}");
    }
}

/// RFC 7516 §5.2: every bit of every part counts.
#[test]
fn opens_nothing_that_was_changed() {
    let [rsa, p256] = KeyAlgorithm::DECRYPTING.map(decryption_key);
    for encryption in everything() {
        let key = if encryption.alg.is_rsa() { &rsa } else { &p256 };
        let text = sealed(&material(key, encryption.alg), encryption);
        let whole = Jwe::read(&text).unwrap();
        let refused = |changed: &Jwe| assert!(key.open(changed, &SystemEntropy).is_err(), "{encryption:?}");
        let flip = |bytes: &mut Vec<u8>| {
            if let Some(byte) = bytes.last_mut() {
                *byte ^= 1;
            }
        };
        let mut changed = whole.clone();
        changed.protected.push('A');
        refused(&changed);
        let parts: [fn(&mut Jwe) -> &mut Vec<u8>; 4] =
            [|jwe| &mut jwe.encrypted_key, |jwe| &mut jwe.iv, |jwe| &mut jwe.ciphertext, |jwe| &mut jwe.tag];
        for part in parts.into_iter().skip(usize::from(whole.encrypted_key.is_empty())) {
            let mut changed = whole.clone();
            flip(part(&mut changed));
            refused(&changed);
        }
    }
}

/// RFC 8725 §3.1: no key with the algorithm of another kind.
#[test]
fn takes_no_key_for_another_kind() {
    let [rsa, p256] = KeyAlgorithm::DECRYPTING.map(decryption_key);
    let rsa_material = material(&rsa, EncryptionAlgorithm::RsaOaep);
    let seal = |key: &KeyMaterial, alg| {
        let encryption = Encryption { alg, enc: ContentEncryption::A256Gcm };
        Sealing { key, kid: None, encryption, cty: None }.seal(PLAIN, &SystemEntropy)
    };
    assert_eq!(seal(&rsa_material, EncryptionAlgorithm::EcdhEs), Err(Failed));
    assert_eq!(seal(&KeyMaterial::Ed25519(vec![7; 32]), EncryptionAlgorithm::EcdhEs), Err(Failed));
    let encryption = Encryption { alg: EncryptionAlgorithm::RsaOaep, enc: ContentEncryption::A256Gcm };
    assert_eq!(open(&p256, &sealed(&rsa_material, encryption)), None);
    assert!(takes(&rsa_material) && takes(&material(&p256, EncryptionAlgorithm::EcdhEs)));
    let beside_the_curve = KeyMaterial::P256([vec![4], vec![7; 64]].concat());
    assert!(!takes(&beside_the_curve) && !takes(&KeyMaterial::Ed25519(vec![7; 32])));
    assert_eq!(seal(&beside_the_curve, EncryptionAlgorithm::EcdhEs), Err(Failed));
}

/// RFC 7516 §11.5: a key of the content that has the wrong length is no other failure than one that is wrong.
#[test]
fn takes_no_content_key_of_another_length() {
    let rsa = decryption_key(KeyAlgorithm::RsaOaep256);
    let encryption = Encryption { alg: EncryptionAlgorithm::RsaOaep, enc: ContentEncryption::A128Gcm };
    let mut jwe = Jwe::read(&sealed(&material(&rsa, encryption.alg), encryption)).unwrap();
    jwe.header.encryption.enc = ContentEncryption::A256Gcm;
    assert!(rsa.open(&jwe, &SystemEntropy).is_err());
}

/// RFC 7516 §A.1, RFC 7518 §4.3: the example of the document: RSA-OAEP and AES-GCM.
#[test]
fn opens_what_the_specification_sealed() {
    const N: &str = "oahUIoWw0K0usKNuOR6H4wkf4oBUXHTxRvgb48E-BVvxkeDNjbC4he8rUWcJoZmds2h7M70imEVhRU5djINXtqllXI4DFqcI1DgjT9\
                     LewND8MW2Krf3Spsk_ZkoFnilakGygTwpZ3uesH-PFABNIUYpOiN15dsQRkgr0vEhxN92i2asbOenSZeyaxziK72UwxrrKoExv6kc5\
                     twXTq4h-QChLOln0_mtUZwfsRaMStPs6mS6XrgxnxbWhojf663tuEQueGC-FCMfra36C9knDFGzKsNa7LZK2djYgyD3JR_MB_4NUJW\
                     _TqOQtwHYbxevoJArm-L5StowjzGy-_bq6Gw";
    const D: &str = "kLdtIj6GbDks_ApCSTYQtelcNttlKiOyPzMrXHeI-yk1F7-kpDxY4-WY5NWV5KntaEeXS1j82E375xxhWMHXyvjYecPT9fpwR_M9gV\
                     8n9Hrh2anTpTD93Dt62ypW3yDsJzBnTnrYu1iwWRgBKrEYY46qAZIrA2xAwnm2X7uGR1hghkqDp0Vqj3kbSCz1XyfCs6_LehBwtxHI\
                     yh8Ripy40p24moOAbgxVw3rxT_vlt3UVe4WO3JkJOzlpUf-KTVI2Ptgm-dARxTEtE-id-4OJr0h-K-VFs3VSndVTIznSxfyrj8ILL6\
                     MG_Uv8YAu7VILSB3lOW085-4qE3DzgrTjgyQ";
    const JWE: &str = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgck\
                       CL9kiMT03JGeipsEdY3mx_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1gNxKKK2D\
                       a14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfqNzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eOb\
                       dv0je81860ppamavo35UgoRdbYaBcoh9QcfylQr66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6UklfCpIMfIjf7iGdXKHzg.48V1_A\
                       Lb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A.XFB\
                       oMYUZodetZdvTiFvSkQ";
    let number = |text: &str| BigUint::from_bytes_be(&URL_SAFE_NO_PAD.decode(text).unwrap());
    let key = RsaPrivateKey::from_components(number(N), number("AQAB"), number(D), vec![]).unwrap();
    let der = key.to_pkcs8_der().unwrap();
    let private = PrivateDecryptingKey::from_pkcs8(der.as_bytes()).unwrap();
    let opener = Opener::Rsa(OaepPrivateDecryptingKey::new(private).unwrap());
    let plain = opener.open(&Jwe::read(JWE).unwrap(), &SystemEntropy).unwrap();
    assert_eq!(plain.as_slice(), b"The true sign of intelligence is not knowledge but imagination.");
}
