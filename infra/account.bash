# What script/deploy and script/destroy share: their common options, and what has to be so in the account.
# shellcheck shell=bash

stack=bashoutter
region=
profile=
endpoint=

# Sets the variable of a common option; returns 1 for any other option. The caller shifts by two.
common_option() {
    case $1 in
        --stack | --region | --profile | --endpoint-url) [[ -n ${2:-} ]] || fail "$1 needs a value" ;;&
        --stack) stack=$2 ;;
        --region) region=$2 ;;
        --profile) profile=$2 ;;
        --endpoint-url) endpoint=$2 ;;
        *) return 1 ;;
    esac
}

common_usage() {
    cat <<END
  --stack NAME         the stack's name, bashoutter by default
  --region REGION      by default the one of the profile or of AWS_REGION
  --profile PROFILE    a profile of the AWS CLI
  --endpoint-url URL   a server that plays AWS, such as moto's, instead of AWS
END
}

fail() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# Ends with a message unless there are the AWS CLI, a region, and credentials that work there.
# Sets `account`, and exports what the AWS CLI needs.
require_account() {
    command -v aws >/dev/null || fail "the AWS CLI is missing. Install it:" \
        "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html (or: pip install awscli)"

    [[ $stack =~ ^[A-Za-z][A-Za-z0-9-]{0,39}$ ]] || fail "the stack's name must be of at most 40 letters, digits and" \
        "hyphens, and begin with a letter: $stack"
    [[ -z $profile ]] || export AWS_PROFILE=$profile
    [[ -z $endpoint ]] || export AWS_ENDPOINT_URL=$endpoint
    export AWS_PAGER='' AWS_MAX_ATTEMPTS=${AWS_MAX_ATTEMPTS:-3}

    region=${region:-${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region 2>/dev/null || true)}}}
    [[ -n $region ]] || fail "no region: give --region, set AWS_REGION, or run 'aws configure'"
    [[ $region =~ ^[a-z]{2}(-[a-z]+)+-[0-9]+$ ]] || fail "$region is not the name of a region, such as ap-northeast-1"
    export AWS_REGION=$region AWS_DEFAULT_REGION=$region

    local said
    if ! said=$(aws sts get-caller-identity --query Account --output text 2>&1); then
        case $said in
            *'Unable to locate credentials'*)
                fail "no AWS credentials: run 'aws configure', give --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" ;;
            *'could not be found'*) fail "the AWS CLI has no profile $profile: see 'aws configure list-profiles'" ;;
            *ExpiredToken* | *'expired'*) fail "the AWS credentials have expired: sign in again" ;;
            *'Could not connect to the endpoint URL'*) unreachable ;;
            *) fail "the AWS credentials do not work in $region:" "$said" ;;
        esac
    fi
    account=$said
}

unreachable() {
    [[ -z $endpoint ]] || fail "nothing answers at $endpoint"
    fail "AWS cannot be reached in $region: there is no such region, or this machine has no network"
}

# Prints the stack's status, or nothing if there is no such stack.
stack_status() {
    local said
    if said=$(aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text 2>&1); then
        echo "$said"
        return
    fi
    case $said in
        *'does not exist'*) ;;
        *'Could not connect to the endpoint URL'*) unreachable ;;
        *) fail "the stack $stack cannot be looked at:" "$said" ;;
    esac
}

# Prints the physical id of a resource of the stack, or nothing.
physical_id() {
    local id
    id=$(aws cloudformation list-stack-resources --stack-name "$stack" --output text \
        --query "StackResourceSummaries[?LogicalResourceId=='$1' && ResourceStatus!='DELETE_COMPLETE'].PhysicalResourceId | [0]")
    [[ $id == None ]] || echo "$id"
}

# Reads the stack's outputs into the associative array `outputs`; there are none before it was created.
declare -A outputs=()
read_outputs() {
    local key value
    while read -r key value; do
        [[ -z $value ]] || outputs[$key]=$value
    done < <(aws cloudformation describe-stacks --stack-name "$stack" --output text \
        --query 'Stacks[0].Outputs[].[OutputKey, OutputValue]')
}

# The bucket of the packaged functions: one for an account and a region, a folder in it for each stack.
artifacts_bucket() {
    echo "bashoutter-artifacts-$account-$region"
}
